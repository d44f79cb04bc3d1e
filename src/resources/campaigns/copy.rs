//! Checks the copy of a campaign when it is written, so that its author learns of a mistake before a lead does.

use super::Sequence;
use crate::error::{Error, Result};
use crate::sending::template::{Form, Template};

/// Every subject and body of the sequence that is used.
pub fn check(sequences: &[Sequence]) -> Result<()> {
    let Some(sequence) = sequences.first() else { return Ok(()) };
    for (step, place) in sequence.steps.iter().zip(0_usize..) {
        for (variant, number) in step.variants.iter().zip(0_usize..) {
            let texts = [("subject", Form::Header, &variant.subject), ("body", Form::Html, &variant.body)];
            for (field, form, text) in texts {
                Template::parse(form, text).map_err(|wrong| {
                    let path = format!("body/sequences/0/steps/{place}/variants/{number}/{field}");
                    Error::invalid(format!("{path} is not a text that can be sent: {wrong}"))
                })?;
            }
        }
    }
    Ok(())
}
