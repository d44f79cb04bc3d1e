#[tokio::main]
async fn main() -> std::process::ExitCode {
    gatepost::cli::run().await
}
