//! The experiments of `doctor`: an address, a folder, a disk. Everything that they create is deleted again.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Whether a Gatepost server answers at the address.
pub async fn answers(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.take(4096).read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"))
    };
    matches!(tokio::time::timeout(Duration::from_secs(2), ask).await, Ok(Ok(true)))
}

/// Whether a folder can be created: creates the first missing folder and deletes it again.
pub fn can_make(folder: &Path) -> std::io::Result<()> {
    let missing = folder.ancestors().take_while(|part| !part.as_os_str().is_empty() && !part.exists()).last();
    match missing {
        Some(missing) => fs::create_dir(missing).and_then(|()| fs::remove_dir(missing)),
        None if folder.is_dir() => durable_write(folder).map(drop),
        None => Err(std::io::ErrorKind::NotADirectory.into()),
    }
}

/// The milliseconds of the fastest of a few writes.
pub fn durable_write(folder: &Path) -> std::io::Result<u128> {
    let path = folder.join(format!("doctor-{}", std::process::id()));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
    let mut once = || {
        let began = Instant::now();
        file.write_all(&[0; 4096]).and_then(|()| file.sync_data()).map(|()| began.elapsed().as_millis())
    };
    let all: std::io::Result<Vec<_>> = (0..5).map(|_| once()).collect();
    fs::remove_file(path)?;
    Ok(all?.into_iter().min().unwrap_or(0))
}
