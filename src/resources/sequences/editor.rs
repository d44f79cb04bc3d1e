//! The form of a sequence, and what its buttons do to it.

use crate::access::Seen;
use crate::error::{Error, Result};
use crate::resources::campaigns::{Campaign, letter};
use crate::web::{Choice, Form, Input};
use serde_json::{Value, json};

/// The most steps, and variants of a step, that the page adds.
const STEPS: usize = 20;
const VARIANTS: usize = 10;

const UNITS: [(&str, &str); 3] = [("days", "days"), ("hours", "hours"), ("minutes", "minutes")];

/// The campaign as this form shows it: with one sequence, and every variant on or off.
pub fn drawn(campaign: &Seen<Campaign>) -> Result<Value> {
    let mut sequences = serde_json::to_value(&campaign.settings.sequences).map_err(Error::internal)?;
    if let Value::Array(all) = &mut sequences {
        all.truncate(1);
        if all.is_empty() {
            all.push(json!({ "steps": [] }));
        }
    }
    let mut drawn = json!({ "sequences": sequences });
    for step in steps(&mut drawn) {
        for variant in list(step, "variants") {
            if let Value::Object(fields) = variant {
                fields.entry("v_disabled").or_insert(Value::Bool(false));
            }
        }
    }
    Ok(drawn)
}

fn list<'a>(of: &'a mut Value, name: &str) -> &'a mut [Value] {
    match of.get_mut(name).and_then(Value::as_array_mut) {
        Some(all) => all,
        None => &mut [],
    }
}

fn steps(values: &mut Value) -> &mut [Value] {
    match values.pointer_mut("/sequences/0/steps").and_then(Value::as_array_mut) {
        Some(all) => all,
        None => &mut [],
    }
}

fn count(values: &Value, pointer: &str) -> usize {
    values.pointer(pointer).and_then(Value::as_array).map_or(0, Vec::len)
}

/// The fields of all steps, and the choice of the lead for a preview.
pub fn asking(form: Form, values: &Value, leads: &[Choice], lead: Option<&str>) -> Form {
    let all = count(values, "/sequences/0/steps");
    // Without a step, the list is sent as an empty one.
    let form = form.hiding("sequences/0/steps", "");
    let form = (0..all).fold(form, |form, at| step(form, values, at, all));
    let mut choices = vec![Choice::new("", "An example lead")];
    choices.extend(leads.iter().cloned());
    let mut preview = Input::new("_lead", "Preview for")
        .heading("Preview")
        .choices(choices)
        .value(lead.unwrap_or_default())
        .help("The oldest leads of this campaign that you see. A preview saves nothing.")
        .press("preview", "Preview");
    if all < STEPS {
        preview = preview.press("step", "Add a step");
    }
    form.ask(preview)
}

fn step(form: Form, values: &Value, at: usize, all: usize) -> Form {
    let name = |field: &str| format!("sequences/0/steps/{at}/{field}");
    let mut form = form.hiding(name("type"), "email");
    // Fields that the page does not show stay as they are.
    for field in ["pre_delay", "pre_delay_unit"] {
        let kept = values.pointer(&format!("/{}", name(field)));
        let kept = kept.map(|kept| kept.as_str().map_or_else(|| kept.to_string(), str::to_owned));
        if let Some(kept) = kept.filter(|kept| kept != "null") {
            form = form.hiding(name(field), kept);
        }
    }
    let variants = count(values, &format!("/{}", name("variants")));
    let form = (0..variants).fold(form, |form, number| variant(form, (at, all), (number, variants)));
    let units = UNITS.into_iter().map(|(unit, label)| Choice::new(unit, label)).collect();
    let help = if at + 1 == all { "No step follows yet." } else { "After this one was sent." };
    form.ask(Input::new(name("delay"), "Next step after").help(help)).ask(presses(
        Input::new(name("delay_unit"), "Unit").choices(units),
        at,
        all,
        variants,
    ))
}

/// The buttons of a step.
fn presses(input: Input, at: usize, all: usize, variants: usize) -> Input {
    let number = at + 1;
    let mut input = input;
    if variants < VARIANTS {
        input = input.press(format!("variant {at}"), format!("Add a variant to step {number}"));
    }
    if at > 0 {
        input = input.press(format!("up {at}"), format!("Move step {number} up"));
    }
    if at + 1 < all {
        input = input.press(format!("down {at}"), format!("Move step {number} down"));
    }
    input.press(format!("without {at}"), format!("Remove step {number}"))
}

fn variant(form: Form, (at, all): (usize, usize), (number, variants): (usize, usize)) -> Form {
    let name = |field: &str| format!("sequences/0/steps/{at}/variants/{number}/{field}");
    let letter = letter(number);
    let several = variants > 1;
    let title = if all == 1 { "Step 1".to_owned() } else { format!("Step {} of {all}", at + 1) };
    let subject = if several { format!("Subject of variant {letter}") } else { "Subject".to_owned() };
    let body = if several { format!("Text of variant {letter}") } else { "Text".to_owned() };
    let subject = Input::new(name("subject"), subject).wide().may_be_empty();
    let subject = match number {
        0 if at > 0 => subject.heading(title).help("Empty to answer in the same thread."),
        0 => subject.heading(title),
        _ => subject,
    };
    let body = Input::new(name("body"), body).area().may_be_empty();
    let off = Input::new(name("v_disabled"), format!("Do not send variant {letter}"));
    let form = form.ask(subject).ask(body);
    match several {
        // One variant is always sent.
        false => form.hiding(name("v_disabled"), "false"),
        true => {
            form.ask(off.press(
                format!("without {at} {number}"),
                format!("Remove variant {letter} of step {}", at + 1),
            ))
        }
    }
}

fn empty_variant() -> Value {
    json!({ "subject": "", "body": "", "v_disabled": false })
}

/// What a button inside the form does to what was typed.
pub fn pressed(values: &mut Value, press: &str) {
    if values.pointer("/sequences/0/steps").is_none_or(|steps| !steps.is_array()) {
        *values = json!({ "sequences": [{ "steps": [] }] });
    }
    let Some(steps) = values.pointer_mut("/sequences/0/steps").and_then(Value::as_array_mut) else { return };
    let mut words = press.split(' ');
    let (what, at) = (words.next().unwrap_or_default(), words.next().and_then(|at| at.parse::<usize>().ok()));
    let number = words.next().and_then(|number| number.parse::<usize>().ok());
    match (what, at.filter(|at| *at < steps.len()), number) {
        ("step", ..) if steps.len() < STEPS => steps.push(json!({
            "type": "email", "delay": 2, "delay_unit": "days", "variants": [empty_variant()]
        })),
        ("without", Some(at), None) => drop(steps.remove(at)),
        ("up", Some(at), _) if at > 0 => steps.swap(at, at - 1),
        ("down", Some(at), _) if at + 1 < steps.len() => steps.swap(at, at + 1),
        ("variant", Some(at), _) => {
            if let Some(variants) = variants_of(steps, at).filter(|all| all.len() < VARIANTS) {
                variants.push(empty_variant());
            }
        }
        ("without", Some(at), Some(number)) => {
            if let Some(variants) = variants_of(steps, at).filter(|all| all.len() > 1 && number < all.len()) {
                variants.remove(number);
            }
        }
        (..) => (),
    }
}

fn variants_of(steps: &mut [Value], at: usize) -> Option<&mut Vec<Value>> {
    steps.get_mut(at)?.get_mut("variants")?.as_array_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subjects(values: &Value) -> Vec<Vec<String>> {
        let steps = values["sequences"][0]["steps"].as_array().unwrap().iter();
        let of = |step: &Value| -> Vec<String> {
            let all = step["variants"].as_array().unwrap().iter();
            all.map(|variant| variant["subject"].as_str().unwrap().to_owned()).collect()
        };
        steps.map(of).collect()
    }

    #[test]
    fn buttons_change_the_steps_and_their_variants() {
        let mut values = json!({});
        pressed(&mut values, "step");
        pressed(&mut values, "step");
        values["sequences"][0]["steps"][0]["variants"][0]["subject"] = json!("first");
        values["sequences"][0]["steps"][1]["variants"][0]["subject"] = json!("second");
        pressed(&mut values, "variant 1");
        assert_eq!(subjects(&values), [vec!["first"], vec!["second", ""]]);
        pressed(&mut values, "up 1");
        assert_eq!(subjects(&values), [vec!["second", ""], vec!["first"]]);
        pressed(&mut values, "down 0");
        pressed(&mut values, "without 1 1");
        assert_eq!(subjects(&values), [vec!["first"], vec!["second"]]);
        pressed(&mut values, "without 1 0");
        assert_eq!(subjects(&values).len(), 2, "the last variant stays");
        pressed(&mut values, "without 0");
        assert_eq!(subjects(&values), [vec!["second"]]);
    }

    #[test]
    fn buttons_that_no_form_has_change_nothing() {
        let mut values = json!({ "sequences": [{ "steps": [] }] });
        for press in ["", "up", "up 0", "down 9", "without 7", "without 0 0", "variant 3"] {
            let before = values.clone();
            pressed(&mut values, press);
            assert_eq!(values, before, "{press}");
        }
    }
}
