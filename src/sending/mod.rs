//! What the sending of campaigns decides, as functions of plain values. Nothing here reads the clock, the database or
//! the network, so that each decision can be tested by itself and gives the same answer again.

pub mod answer;
pub mod compose;
pub mod draw;
pub mod esp;
pub mod expected;
pub mod gates;
pub mod letter;
pub mod limit;
pub mod links;
pub mod markup;
pub mod message_id;
pub mod order;
pub mod pace;
pub mod plain;
pub mod template;
pub mod token;
pub mod variant;
pub mod window;
pub mod words;
pub mod zone;

#[cfg(test)]
#[path = "tests/gates.rs"]
mod gate_tests;
#[cfg(test)]
#[path = "tests/letters.rs"]
mod letters;
#[cfg(test)]
#[path = "tests/paces.rs"]
mod tests;
