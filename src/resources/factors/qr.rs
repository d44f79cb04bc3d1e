//! A QR code as an SVG image, for an authenticator app.

use crate::error::{Error, Result};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// Blank modules on each side. Readers need them.
const QUIET: i32 = 4;

/// It is black on white in both themes, because some readers need that.
pub fn svg(text: &str) -> Result<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(Error::internal)?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            let _infallible = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let whole = size + 2 * QUIET;
    Ok(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {whole} {whole}\" role=\"img\" aria-label=\"QR code of the secret\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{whole}v{whole}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_image_has_a_module_for_each_dark_square() {
        let svg = super::svg("otpauth://totp/Gatepost?secret=JBSWY3DPEHPK3PXP").unwrap();
        let code = qrcodegen::QrCode::encode_text(
            "otpauth://totp/Gatepost?secret=JBSWY3DPEHPK3PXP",
            qrcodegen::QrCodeEcc::Medium,
        );
        let code = code.unwrap();
        let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let dark = dark.filter(|(x, y)| code.get_module(*x, *y)).count();
        assert_eq!(svg.matches("h1v1h-1z").count(), dark);
    }
}
