//! `sync-server`: runs the district server and is its administrator's tool.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = cli::parse_arguments();
    cli::start_log(&arguments);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return cli::fail(&error.into()),
    };
    match runtime.block_on(cli::run(arguments)) {
        Ok(code) => code,
        Err(error) => cli::fail(&error),
    }
}
