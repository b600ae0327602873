//! Names as they are compared: dots, widths, blanks and letter case are spelling.

use spreadsheet::text::plain;

/// The comparable form of a name; it is never shown. `阿依古丽·热合曼`, `阿依古丽•热合曼` and `阿依古丽.热合曼` are one, and so are
/// `王芳` and `王　芳`.
pub(crate) fn name_key(name: &str) -> String {
    plain(name)
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| {
            if matches!(c, '·' | '•' | '・' | '‧' | '∙' | '⋅' | '●' | '.' | '．' | '。' | '﹒' | '･' | '˙')
            {
                '·'
            } else {
                c
            }
        })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::name_key;

    #[test]
    fn spellings_of_one_name_are_one() {
        for name in ["阿依古丽·热合曼", "阿依古丽•热合曼", "阿依古丽．热合曼", "阿依古丽 ・ 热合曼"]
        {
            assert_eq!(name_key(name), "阿依古丽·热合曼");
        }
        assert_eq!(name_key("王　芳"), name_key("王芳"));
        assert_eq!(name_key("Ｌｉ Ming"), name_key("li ming"));
        assert_ne!(name_key("王芳(大)"), name_key("王芳(小)"));
    }
}
