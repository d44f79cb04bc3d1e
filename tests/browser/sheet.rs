//! The contrast of the colours, computed from the tokens; and that no colour stands elsewhere.

use std::collections::HashMap;

const TOKENS: &str = include_str!("../../src/web/assets/tokens.css");
const OTHERS: [&str; 3] = [
    include_str!("../../src/web/assets/base.css"),
    include_str!("../../src/web/assets/layout.css"),
    include_str!("../../src/web/assets/parts.css"),
];

type Colour = [f64; 3];

/// The pairs of colours, by the name of their token.
fn tokens() -> HashMap<&'static str, [Colour; 2]> {
    let lines = TOKENS.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": light-dark("));
    let pairs = lines.map(|(name, rest)| {
        let (light, dark) = rest.trim_end_matches(");").split_once(", ").unwrap();
        (name, [colour(light), colour(dark)])
    });
    pairs.collect()
}

fn colour(text: &str) -> Colour {
    [1, 3, 5].map(|at| f64::from(u8::from_str_radix(&text[at..at + 2], 16).unwrap()) / 255.0)
}

/// As WCAG 2.2 computes it.
fn contrast(one: Colour, other: Colour) -> f64 {
    let luminance = |colour: Colour| {
        let [red, green, blue] = colour.map(|part| match part <= 0.04045 {
            true => part / 12.92,
            false => ((part + 0.055) / 1.055).powf(2.4),
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

#[test]
fn every_pair_of_colours_has_enough_contrast() {
    let all = tokens();
    assert_eq!(all.len(), 18, "{:?}", all.keys());
    let text = [
        ("ink", &["paper", "sheet", "sunk", "accent-wash", "yes-wash", "no-wash", "warn-wash"][..]),
        ("soft", &["paper", "sheet", "sunk", "accent-wash"]),
        ("accent", &["paper", "sheet", "sunk", "accent-wash"]),
        ("on-accent", &["accent"]),
        ("on-no", &["no"]),
        ("yes", &["paper", "sheet", "yes-wash"]),
        ("no", &["paper", "sheet", "no-wash"]),
        ("warn", &["paper", "sheet", "warn-wash"]),
    ];
    let edges = [("edge", &["paper", "sheet", "sunk"][..]), ("accent", &["paper", "sheet", "sunk"])];
    for (least, pairs) in [(4.5, &text[..]), (3.0, &edges[..])] {
        for (name, grounds) in pairs {
            for ground in *grounds {
                for (theme, at) in [("light", 0), ("dark", 1)] {
                    let found = contrast(all[name][at], all[ground][at]);
                    println!("{name:10} on {ground:12} {theme:5} {found:5.1}");
                    assert!(found >= least, "{name} on {ground}, {theme}: {found:.2} is less than {least}");
                }
            }
        }
    }
}

#[test]
fn colours_stand_only_in_the_tokens() {
    for sheet in OTHERS {
        for line in sheet.lines() {
            let code = line.split("/*").next().unwrap();
            let is_colour = |word: &str| {
                let digits = word.trim_end_matches([';', ')', ',', ' ']);
                matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            };
            let hash =
                code.split('#').skip(1).any(|rest| is_colour(rest.split_whitespace().next().unwrap_or("")));
            assert!(!hash && !code.contains("rgb") && !code.contains("hsl"), "{line}");
        }
    }
}

#[test]
fn sheets_and_scripts_stay_small() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/assets");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        let most = if name.ends_with(".js") { 100 } else { 300 };
        assert!(lines <= most, "{name} has {lines} lines");
    }
}
