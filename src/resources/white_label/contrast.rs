//! Whether a brand's colour is legible: letters show white text on it, in their head and on their button.

use crate::error::{Error, Result};

/// The least contrast of text of ordinary size (WCAG 2.2, success criterion 1.4.3, level AA).
const LEAST: f64 = 4.5;

/// Refuses a colour on which white is hard to read. The colour on white has the same ratio.
pub fn check(color: &str) -> Result<()> {
    let ratio = with_white(color);
    if ratio >= LEAST {
        return Ok(());
    }
    // Rounding to two digits must not make the ratio look sufficient.
    let shown = ratio.min(LEAST - 0.01);
    Err(Error::invalid(format!(
        "body/brand_color must have a contrast of {LEAST}:1 with white; `{color}` has {shown:.2}:1, so take a darker one"
    )))
}

/// WCAG 2.2, contrast ratio: (L1 + 0.05) / (L2 + 0.05), of the lighter to the darker. White has L = 1.
fn with_white(color: &str) -> f64 {
    1.05 / (luminance(color) + 0.05)
}

/// WCAG 2.2, relative luminance of a colour in sRGB: L = 0.2126 R + 0.7152 G + 0.0722 B. A text that is not a
/// colour counts as white, which fails the check.
fn luminance(color: &str) -> f64 {
    let digits = color.strip_prefix('#').filter(|digits| digits.len() == 6);
    let rgb = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(0xff_ffff);
    let channel = |shift: u32| linear(f64::from(rgb >> shift & 0xff) / 255.0);
    0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
}

fn linear(channel: f64) -> f64 {
    if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ratios that are published: black and white by definition, the greys on both sides of the bound, the pure colours.
    #[test]
    fn ratios_are_those_of_the_guidelines() {
        for (color, ratio) in [
            ("#000000", 21.0),
            ("#ffffff", 1.0),
            ("#777777", 4.48),
            ("#767676", 4.54),
            ("#ff0000", 4.0),
            ("#00ff00", 1.37),
            ("#0000ff", 8.59),
            ("#0000FF", 8.59),
            ("#ffff00", 1.07),
            ("#808080", 3.95),
            ("#595959", 7.0),
        ] {
            assert!((with_white(color) - ratio).abs() < 0.006, "{color} {}", with_white(color));
        }
        for none in ["", "#", "#fff", "#zzzzzz", "#12345é"] {
            assert!(check(none).is_err(), "{none}");
        }
    }

    #[test]
    fn what_is_not_enough_is_not_shown_as_enough() {
        for color in (0..=0xff).map(|blue| format!("#c052{blue:02x}")) {
            let refused = check(&color).err().map(|why| why.to_string());
            assert_eq!(refused.is_some(), with_white(&color) < 4.5, "{color}");
            assert!(refused.is_none_or(|why| !why.contains("has 4.50")), "{color}");
        }
    }
}
