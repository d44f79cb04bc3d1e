//! The rules of English in STYLE.md, as far as a list of phrases can check them.

use std::fs;

/// Phrases that are not plain English, and what to write instead. A phrase matches whole words in any case, also in
/// the name of a function.
const BANNED: &[(&str, &str)] = &[
    ("is no", "is not a"),
    ("are no", "are not"),
    ("was no", "was not a"),
    ("were no", "were not"),
    ("of none", "of no record, or a clause with a verb"),
    ("is of no", "does not belong to any"),
    ("may not", "cannot, must not or might not"),
    ("can no more", "can no longer"),
    ("counts no more", "no longer counts"),
    ("nor is", "and is not"),
    ("nor are", "and are not"),
    ("nor does", "and does not"),
    ("nor do", "and do not"),
    ("alone.", "only, before the word that it limits"),
    ("alone,", "only, before the word that it limits"),
    ("alone;", "only, before the word that it limits"),
    ("he", "they, or the role"),
    ("his", "their, or the role"),
    ("him", "them, or the role"),
    ("himself", "themselves, or the role"),
    ("she", "they, or the role"),
    ("her", "their, or the role"),
    ("hers", "theirs, or the role"),
    ("herself", "themselves, or the role"),
    ("one's", "their, your, or the role's"),
    ("one's own", "their own"),
    ("oneself", "themselves, or the role"),
    ("whoever", "a caller who, or the role"),
    ("whomever", "any member whom, or the role"),
    ("to who", "to a caller who, or to the role"),
    ("for who", "for a caller who, or for the role"),
    ("from who", "from a caller who, or from the role"),
    ("by who", "by a caller who, or by the role"),
    ("than who", "than a caller who, or than the role"),
    ("nobody's", "unassigned, or without an owner"),
    ("nobodys", "unassigned, or without an owner"),
    ("nobody else's", "only their own"),
    ("mend", "fix"),
    ("mends", "fixes"),
    ("mended", "fixed"),
    ("lately", "recently"),
    ("anew", "again"),
    ("come by", "obtain"),
    ("comes by", "obtains"),
    ("hears", "is told"),
    ("so says", "this is a rule of"),
    ("are void", "no longer work"),
    ("is void", "no longer works"),
    ("dies with", "ends with"),
    ("takes away", "removes"),
    ("takes a person", "requires a person"),
    ("is as good as", "counts as"),
    ("is in the way of", "conflicts with"),
    ("present password", "current password"),
    ("for ever", "forever"),
    ("lest", "so that ... not"),
    ("hence", "so"),
    ("thereby", "by this"),
    ("whereby", "by which"),
    ("therein", "in it"),
    ("thereof", "of it"),
    ("ought", "must or should"),
    ("shall", "must or will"),
    ("held against", "checked against"),
    ("as ever", "as before"),
    ("for want of", "because there is no"),
    ("in earnest", "really"),
    ("by the right of", "with the rights of"),
    ("is let in", "can sign in"),
    ("upon", "on"),
];

/// Good English that contains a banned phrase.
const ALLOWED: &[&str] = &[
    "there is no",
    "there are no",
    "there was no",
    "there were no",
    "is there no",
    "is no longer",
    "are no longer",
    "is no more than",
    "for who in",
    "for who,",
];

/// Files that keep a banned phrase, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("tests/language.rs", "holds the list"),
    ("STYLE.md", "names two of the phrases in its rules"),
    ("tests/pages.rs", "has a list of its own for what the server sends to a browser"),
    ("tests/admin.rs", "has a list of its own for the help of the command line"),
];

const FOLDERS: [&str; 6] = ["src", "tests", "docs", "scripts", "bench", "deploy"];

/// Texts that people read or write. `openapi.json` comes from `src`, and an applied migration never changes.
fn texts(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_str().unwrap().trim_start_matches("./").to_owned();
        let ending = path.extension().map(|ending| ending.to_str().unwrap());
        if path.is_dir() {
            found.extend(if folder == "." { Vec::new() } else { texts(&name) });
        } else if !matches!(ending, Some("json" | "lock" | "pyc" | "png" | "svg")) && !name.starts_with('.') {
            found.push(name);
        }
    }
    found
}

/// A file as one line, without the marks of comments, and the number of the line of each byte.
struct Text {
    text: String,
    lines: Vec<usize>,
}

impl Text {
    fn of(file: &str) -> Self {
        let (mut text, mut lines) = (String::new(), Vec::new());
        for (number, line) in file.lines().enumerate() {
            let marks = ['/', '!', '#', '*', '-', '>', '|', ' '];
            text += line.trim().trim_start_matches(marks);
            text.push(' ');
            lines.resize(text.len(), number + 1);
        }
        Self { text: text.replace('_', " "), lines }
    }

    /// Where a phrase begins, as whole words in lower case.
    fn places(&self, lower: &str, phrase: &str) -> Vec<usize> {
        let inside = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'\'');
        let stop = phrase.ends_with(['.', ',', ';']);
        let ends = |byte: Option<&u8>| match byte {
            Some(byte) if stop => b" \"`)".contains(byte),
            byte => !inside(byte),
        };
        let bytes = lower.as_bytes();
        let found = lower.match_indices(phrase).map(|(at, _)| at);
        found
            .filter(|at| {
                let before = at.checked_sub(1).and_then(|before| bytes.get(before));
                !inside(before) && ends(bytes.get(at + phrase.len()))
            })
            .collect()
    }

    fn violations(&self) -> Vec<(usize, String)> {
        let mut lower = self.text.to_ascii_lowercase();
        for good in ALLOWED {
            for at in self.places(&lower, good) {
                lower.replace_range(at..at + good.len(), &"~".repeat(good.len()));
            }
        }
        let mut found = Vec::new();
        for (phrase, instead) in BANNED {
            let say = format!("`{phrase}`: write {instead}");
            found.extend(self.places(&lower, phrase).into_iter().map(|at| (self.lines[at], say.clone())));
        }
        for start in [". Who ", ": Who ", "; Who "] {
            for (at, _) in self.text.match_indices(start) {
                let rest = &self.text[at + start.len()..];
                if rest.find(['.', '!', ';']).unwrap_or(rest.len()) < rest.find('?').unwrap_or(rest.len()) {
                    let say = "a statement does not begin with `Who`: write `A caller who`, or the role";
                    found.push((self.lines[at], say.to_owned()));
                }
            }
        }
        found
    }
}

#[test]
fn texts_are_plain_english() {
    let files = FOLDERS.iter().flat_map(|folder| texts(folder)).chain(texts("."));
    let mut wrong = Vec::new();
    for name in
        files.filter(|name| !name.contains("LICENSE") && !EXCEPTIONS.iter().any(|(file, _)| file == name))
    {
        let file = fs::read_to_string(&name).unwrap_or_else(|error| panic!("{name}: {error}"));
        wrong.extend(
            Text::of(&file).violations().into_iter().map(|(line, say)| format!("{name}:{line}: {say}")),
        );
    }
    assert!(wrong.is_empty(), "STYLE.md says how we write:\n{}", wrong.join("\n"));
}

#[test]
fn the_list_finds_what_it_bans() {
    let found = |text: &str| Text::of(text).violations().len();
    assert_eq!(found("/// The key is\n/// no scope."), 1);
    assert_eq!(found("There is no scope. The key is no longer valid."), 0);
    assert_eq!(found("fn whoever_asks() {}"), 1);
    assert_eq!(found("Only the proof can. Who may do that? The owner."), 0);
    assert_eq!(found("It is refused. Who may not ask gets a 403."), 2);
    assert_eq!(found("It counts for this one alone."), 1);
    assert_eq!(found("let alone = 1;"), 0);
}
