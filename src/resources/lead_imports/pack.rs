//! How the parts of an import are stored: as compressed JSON, so that a file of 100,000 rows is a short transaction.

use crate::error::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub fn pack<T: Serialize>(value: &T) -> Result<String> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    serde_json::to_writer(&mut packed, value).map_err(Error::internal)?;
    Ok(STANDARD.encode(packed.finish().map_err(Error::internal)?))
}

pub fn unpack<T: DeserializeOwned>(text: &str) -> Result<T> {
    let packed = STANDARD.decode(text).map_err(Error::internal)?;
    serde_json::from_reader(std::io::BufReader::new(ZlibDecoder::new(packed.as_slice())))
        .map_err(Error::internal)
}
