//! The text of a file: which encoding it has, whether it is text at all, and a reader that decodes it.

use crate::error::{Error, Result};
use bytes::Bytes;
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::Read;

/// The bytes from which the layout of a file is detected.
const SAMPLE: usize = 64 * 1024;

/// Beginnings of files that people take for CSV.
const OTHERS: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook"),
    (b"\x1f\x8b", "a compressed file"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
];

/// The encoding of a file: the one that the caller names, or the one that its bytes show.
pub fn encoding(bytes: &[u8], named: Option<&str>) -> Result<&'static Encoding> {
    if let Some((_, what)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(Error::invalid(format!("body must be CSV, and it is {what}; save the table as CSV")));
    }
    if let Some(named) = named {
        let known = Encoding::for_label(named.as_bytes());
        return known.ok_or_else(|| {
            Error::invalid("encoding must be the name of an encoding, such as utf-8 or windows-1252")
        });
    }
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    Ok(marked.or_else(|| sixteen_bits(bytes)).unwrap_or_else(|| match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        Err(_) => WINDOWS_1252,
    }))
}

/// UTF-16 without a byte order mark: most of its letters have a zero byte.
fn sixteen_bits(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let pairs = (sample.len() / 2).max(1);
    let zeros = |odd: usize| {
        sample.iter().enumerate().filter(|(at, byte)| at % 2 == odd && **byte == 0).count() * 100 / pairs
    };
    match (zeros(0), zeros(1)) {
        (first, second) if second > 30 && first < 5 => Some(UTF_16LE),
        (first, second) if first > 30 && second < 5 => Some(UTF_16BE),
        (_, _) => None,
    }
}

/// Whether the file begins with a byte order mark.
pub fn has_mark(bytes: &[u8]) -> bool {
    Encoding::for_bom(bytes).is_some()
}

/// The whole text of a small file.
pub fn whole(bytes: Bytes) -> Result<String> {
    let encoding = encoding(&bytes, None)?;
    let text = std::io::read_to_string(Text::new(bytes, encoding)).map_err(Error::internal)?;
    Ok(text.replace('\0', ""))
}

/// The beginning of the text, in whole lines where it has several.
pub fn sample(bytes: &Bytes, encoding: &'static Encoding) -> Result<String> {
    let mut text = vec![0; SAMPLE];
    let mut reader = Text::new(bytes.slice(..bytes.len().min(2 * SAMPLE)), encoding);
    let mut length = 0;
    while let Some(rest) = text.get_mut(length..).filter(|rest| rest.len() >= ROOM) {
        match reader.read(rest).map_err(Error::internal)? {
            0 => break,
            more => length += more,
        }
    }
    text.truncate(length);
    let mut text = String::from_utf8_lossy(&text).into_owned();
    if bytes.len() > SAMPLE
        && let Some(end) = text.rfind('\n')
    {
        text.truncate(end + 1);
    }
    is_text(&text)?;
    Ok(text)
}

/// Refuses what decodes to many control characters.
fn is_text(sample: &str) -> Result<()> {
    let odd =
        |letter: &char| letter.is_control() && !matches!(letter, '\t' | '\n' | '\0') || *letter == '\u{fffd}';
    let (all, odd) = (sample.chars().count(), sample.chars().filter(odd).count());
    match odd > 4 && odd * 50 > all {
        true => Err(Error::invalid("body must be CSV, and it is not text; save the table as CSV")),
        false => Ok(()),
    }
}

/// What the decoder needs to write at least one character.
const ROOM: usize = 16;

/// Decodes a file piece by piece. Every line, also the last one, ends with one line feed, so that lines can be counted.
pub struct Text {
    bytes: Bytes,
    at: usize,
    decoder: Decoder,
    /// The last byte.
    last: u8,
    done: bool,
    ended: bool,
}

impl Text {
    pub fn new(bytes: Bytes, encoding: &'static Encoding) -> Text {
        let decoder = encoding.new_decoder_with_bom_removal();
        Text { bytes, at: 0, decoder, last: b'\n', done: false, ended: false }
    }

    /// Replaces the line ends of a piece in its place, and gives its new length.
    fn with_line_feeds(&mut self, text: &mut [u8]) -> usize {
        let mut length = 0;
        for at in 0..text.len() {
            let Some(byte) = text.get(at).copied() else { break };
            let before = std::mem::replace(&mut self.last, byte);
            if byte == b'\n' && before == b'\r' {
                continue;
            }
            if let Some(place) = text.get_mut(length) {
                *place = if byte == b'\r' { b'\n' } else { byte };
            }
            length += 1;
        }
        length
    }
}

impl Read for Text {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if into.len() < ROOM {
            return Err(std::io::Error::other("the buffer is too small for a character"));
        }
        while !self.done {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let (result, read, written, _) = self.decoder.decode_to_utf8(rest, into, true);
            self.at += read;
            self.done = result == CoderResult::InputEmpty;
            let length = self.with_line_feeds(into.get_mut(..written).unwrap_or_default());
            if length > 0 {
                return Ok(length);
            }
        }
        let whole = matches!(self.last, b'\n' | b'\r');
        match into.first_mut().filter(|_| !self.ended && !whole) {
            Some(end) => {
                (*end, self.ended) = (b'\n', true);
                Ok(1)
            }
            None => Ok(0),
        }
    }
}
