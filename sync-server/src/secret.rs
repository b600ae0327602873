//! Tokens and enrolment codes: made here, kept as SHA-256 only.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::store::SecretHash;

/// Characters of a code: digits and capitals without I, L, O, U, so that it can be read out over the phone.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code, without the dashes: 80 bits.
const CODE_LENGTH: usize = 16;
/// Characters between dashes.
const GROUP: usize = 4;

/// Random bytes from the operating system.
///
/// # Errors
/// When the system has none, which ends whatever wanted them.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A secret in clear: shown once, never logged.
pub struct Secret(String);

impl Secret {
    /// A device token: 256 random bits as 64 hexadecimal characters.
    pub(crate) fn make_token() -> Result<Self, getrandom::Error> {
        let bytes: [u8; 32] = random()?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// An enrolment code, e.g. `7K2M-Q9XA-0DFP-3TRV`.
    pub(crate) fn make_code() -> Result<Self, getrandom::Error> {
        let bytes: [u8; CODE_LENGTH] = random()?;
        let mut code = String::new();
        for (i, byte) in bytes.iter().enumerate() {
            if i > 0 && i % GROUP == 0 {
                code.push('-');
            }
            // 32 divides 256: every character is equally likely.
            code.push(char::from(ALPHABET[usize::from(byte % 32)]));
        }
        Ok(Self(code))
    }

    /// The text, to be handed to its owner.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What is kept of a token.
pub(crate) fn hash_token(token: &str) -> SecretHash {
    SecretHash(Sha256::digest(token.as_bytes()).into())
}

/// What is kept of a code.
pub(crate) fn hash_code(code: &str) -> SecretHash {
    let plain: String = read_characters(code).collect();
    SecretHash(Sha256::digest(plain.as_bytes()).into())
}

/// The characters of a code. Case, dashes and blanks do not count; I and L read as 1, O as 0, as people hear them.
fn read_characters(code: &str) -> impl Iterator<Item = char> + '_ {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| match c.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    })
}

/// The first group of a code, shared by one in a million. Never logged: it is a part of a secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CodeBeginning([char; GROUP]);

impl CodeBeginning {
    /// Of a code as it was typed; a short one is filled up with blanks.
    pub(crate) fn of(code: &str) -> Self {
        let mut beginning = [' '; GROUP];
        for (place, c) in beginning.iter_mut().zip(read_characters(code)) {
            *place = c;
        }
        Self(beginning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_readable_and_survives_being_read_out() {
        let code = Secret::make_code().expect("random");
        let text = code.reveal();
        assert_eq!(text.len(), CODE_LENGTH + CODE_LENGTH / GROUP - 1);
        assert!(text.bytes().all(|b| b == b'-' || ALPHABET.contains(&b)), "{text}");
        assert_eq!(hash_code("7k2m q9xa-ODFPI"), hash_code("7K2M-Q9XA-0DFP-1"));
        assert_ne!(hash_code("7K2M"), hash_code("7K2N"));
        assert!(CodeBeginning::of("7k 1o-Q9XA") == CodeBeginning::of("7KL0-0000"));
        assert!(CodeBeginning::of("7K") != CodeBeginning::of("7KL0"));
    }

    #[test]
    fn a_token_has_256_bits_and_does_not_print_itself() {
        let token = Secret::make_token().expect("random");
        assert_eq!(token.reveal().len(), 64);
        assert_eq!(format!("{token:?}"), "Secret(…)");
    }
}
