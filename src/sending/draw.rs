//! Choices that look random and repeat: a retry makes the same choice as the first try, and so does a test.

use sha2::{Digest, Sha256};

/// A number below `bound`, from a hash of the parts. Zero if the bound is zero.
pub fn below(bound: u64, parts: &[&[u8]]) -> u64 {
    let product = u128::from(hash(parts)) * u128::from(bound);
    u64::try_from(product >> 64).unwrap_or_default()
}

/// Each part is hashed with its length, so that no two lists of parts are the same text.
fn hash(parts: &[&[u8]]) -> u64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let hash = hash.finalize();
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
