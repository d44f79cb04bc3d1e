//! The language of templates: what it says, what it refuses, and that no value becomes markup.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn render(form: Form, text: &str, values: &[(&str, &str)]) -> Rendered {
    seeded(form, text, values, b"seed")
}

fn seeded(form: Form, text: &str, values: &[(&str, &str)], seed: &[u8]) -> Rendered {
    let values: BTreeMap<&str, &str> = values.iter().copied().collect();
    let of = |name: &str| values.get(name).copied();
    Template::parse(form, text).unwrap().render(&Values { of: &of, seed })
}

fn header(text: &str, values: &[(&str, &str)]) -> String {
    let found = render(Form::Header, text, values);
    let Rendered::Whole(text) = found else { unreachable!("{found:?}") };
    text
}

const ANN: [(&str, &str); 4] =
    [("firstName", "ann"), ("companyName", "Acme"), ("job title", "CEO"), ("blank", "  ")];

#[test]
fn values_fallbacks_and_filters() {
    let cases = [
        ("Hi {{firstName}}", "Hi ann"),
        ("Hi {{ firstName }}!", "Hi ann!"),
        ("Hi {{firstName|there}}", "Hi ann"),
        ("Hi {{lastName|there}}", "Hi there"),
        ("Hi {{lastName | default: 'there, you'}}", "Hi there, you"),
        ("Hi {{lastName | default: \"it's\"}}", "Hi it's"),
        ("Hi {{lastName|}}!", "Hi !"),
        ("Hi {{blank|there}}", "Hi there"),
        ("Hi {{firstName | capitalize}}", "Hi Ann"),
        ("Hi {{lastName | there | upcase}}", "Hi THERE"),
        ("{{firstName|upcase}} {{companyName|downcase}}", "ANN acme"),
        ("a {{job title}} b", "a CEO b"),
        ("{{lastName|a | b}}", "a"),
        ("{ {firstName} } }} {", "{ {firstName} } }} {"),
        ("{{firstName}}{{companyName}}", "annAcme"),
        ("{{lastName|don't}} {{firstName|won't}}", "don't ann"),
    ];
    for (text, expected) in cases {
        assert_eq!(header(text, &ANN), expected, "{text}");
    }
}

#[test]
fn conditions() {
    let cases = [
        ("{% if job title == 'CEO' %}boss{% else %}you{% endif %}", "boss"),
        ("{% if job title != \"CEO\" %}you{% endif %}x", "x"),
        ("{%if job title=='CEO'%}boss{%endif%}", "boss"),
        ("{% if lastName %}a{% elsif firstName %}b{% else %}c{% endif %}", "b"),
        ("{% if lastName %}a{% elsif blank %}b{% else %}c{% endif %}", "c"),
        ("{% if companyName contains 'cm' and firstName == 'ann' %}yes{% endif %}", "yes"),
        ("{% if lastName or firstName %}yes{% endif %}", "yes"),
        ("{% if firstName %}{% if lastName %}a{% else %}{{companyName}}{% endif %}{% endif %}", "Acme"),
        // A variable in a branch that is not taken is not missing.
        ("{% if lastName %}{{lastName}}{% else %}you{% endif %}", "you"),
    ];
    for (text, expected) in cases {
        assert_eq!(header(text, &ANN), expected, "{text}");
    }
    let editor = "{% if job title == &#39;CEO&#39; %}b{% endif %}{{lastName&nbsp;|&nbsp;default: &quot;R&amp;D&quot;}}";
    assert_eq!(render(Form::Html, editor, &ANN), Rendered::Whole("bR&amp;D".to_owned()));
}

#[test]
fn random_choices_repeat_and_are_even() {
    let text = "{{RANDOM | Hi {{firstName}} | Hello | {{RANDOM | Hey | Yo}} }}, {{RANDOM|a|b}}";
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..4000_u32 {
        let of = || seeded(Form::Header, text, &ANN, &seed.to_be_bytes());
        let Rendered::Whole(found) = of() else { unreachable!() };
        assert_eq!(of(), Rendered::Whole(found.clone()), "the same mail says the same");
        *counts.entry(found).or_default() += 1;
    }
    let expected =
        ["Hi ann", "Hello", "Hey", "Yo"].map(|first| ["a", "b"].map(|last| format!("{first}, {last}")));
    for text in expected.iter().flatten() {
        let share = if text.starts_with('Y') || text.starts_with("Hey") { 333 } else { 666 };
        let count = counts.remove(text).unwrap_or_default();
        assert!(count.abs_diff(share) < 100, "{text}: {count}");
    }
    assert!(counts.is_empty(), "{counts:?}");
}

#[test]
fn a_missing_variable_is_named() {
    let text = "{{firstName}} {{lastName}} {{blank}} {{lastName}} {{city|somewhere}} {{phone|upcase}}";
    let missing = ["lastName", "blank", "phone"].map(str::to_owned).to_vec();
    assert_eq!(render(Form::Header, text, &ANN), Rendered::Missing(missing));
    let all =
        Template::parse(Form::Header, "{% if a == 'x' %}{{b}}{% else %}{{RANDOM|{{c}}|{{b}}}}{% endif %}")
            .unwrap();
    assert_eq!(all.variables(), ["a", "b", "c"]);
}

#[test]
fn what_is_wrong_is_said() {
    let deep = format!("{}x{}", "{{RANDOM|".repeat(9), "}}".repeat(9));
    let many = "{{a}}".repeat(2001);
    let long = "x".repeat(LONGEST + 1);
    let cases = [
        ("{{firstName", "`{{firstName` is not closed by `}}`"),
        ("{{}}", "`{{}}` must begin with the name of a variable"),
        ("{{ | x }}", "`{{}}` must begin with the name of a variable"),
        ("{{RANDOM}}", "`{{RANDOM}}` must have choices, such as `{{RANDOM | Hi | Hello}}`"),
        ("{{a | default: x}}", "`default: x` must have a text in quotation marks after `default:`"),
        ("{% for x in y %}", "`{% for x in y %}` must be `if`, `elsif`, `else` or `endif`"),
        ("{% if a", "`{% if a` is not closed by `%}`"),
        ("{% if a %}x", "an `{% if %}` is not closed by `{% endif %}`"),
        ("x{% endif %}", "`{% elsif %}`, `{% else %}` and `{% endif %}` must follow an `{% if %}`"),
        ("{% if a %}{% else %}{% else %}{% endif %}", "`{% endif %}` must follow `{% else %}`"),
        ("{% if a == b %}{% endif %}", "the condition `a == b` must compare with a text in quotation marks"),
        (
            "{% if a and b or c %}{% endif %}",
            "the condition `a and b or c` must be joined by `and` only, or by `or` only",
        ),
        ("{% if %}{% endif %}", "the condition `` must begin with the name of a variable"),
        (&deep, "it must NOT be nested deeper than 8 levels"),
        (&many, "it must NOT have more than 2000 variables and conditions"),
        (&long, "it must NOT have more than 262144 bytes"),
    ];
    for (text, expected) in cases {
        let wrong = Template::parse(Form::Header, text).unwrap_err().to_string();
        assert_eq!(wrong, expected, "{}", &text[..text.len().min(80)]);
    }
}

#[test]
fn variables_stand_only_where_escaping_helps() {
    let fine = [
        "<p title=\"{{a}}\">{{a}}</p>",
        "<a href='https://x.example/?q={{a}}'>{{a}}</a>",
        "<!-- c --><br/>{{a}} < {{a}} <3 {{a}}",
        "{% if a %}<b>{{a}}</b>{% else %}<i>x</i>{% endif %}{{a}}",
        "<style>p { color: red }</style>{{a}}",
    ];
    for text in fine {
        assert!(Template::parse(Form::Html, text).is_ok(), "{text}");
    }
    let wrong = [
        "<p title={{a}}>",
        "<p {{a}}>",
        "<{{a}}>",
        "</{{a}}>",
        "<!-- {{a}} -->",
        "<style>{{a}}</style>",
        "<title>{{a}}</title>",
        "<script></script>{{a}}",
        "<a onclick=\"{{a}}\">",
        "<a style=\"{{a}}\">",
        "<iframe srcdoc=\"{{a}}\">",
        "{% if a %}<p title=\"{% endif %}{{a}}\">",
        "{{RANDOM | <b | <i }} {{a}}>",
        "<p \"{{a}}\">",
        "<p title=\"x\"\"{{a}}\">",
    ];
    for text in wrong {
        assert!(Template::parse(Form::Html, text).is_err(), "{text}");
        assert!(Template::parse(Form::Header, text).is_ok(), "{text}");
    }
}

/// The tags and attributes of HTML, and how much text there is between them.
fn structure(html: &str) -> Vec<String> {
    super::super::markup::tests::tokens(html)
}

const PIECES: [&str; 34] = [
    "<p>",
    "</p>",
    "<a href=\"",
    "<a href='",
    "\">",
    "'>",
    ">",
    "<",
    "</",
    "<!--",
    "-->",
    "--!>",
    "<!",
    "<?",
    "<br/>",
    "<img src=",
    "<style>",
    "</style>",
    "<textarea>",
    "</textarea>",
    "<title ",
    "=",
    "\"",
    "'",
    " ",
    "/",
    "x",
    "&amp;",
    "{{a}}",
    "{{b|there}}",
    "{% if a %}",
    "{% endif %}",
    "{{RANDOM | x | {{a}} }}",
    "onclick",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    /// Whatever the template and the value are: the tags are those of the template with a harmless value.
    #[test]
    fn no_value_becomes_markup(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..14),
        evil in prop_oneof![
            "[<>\"'=&/! a-z`-]{1,30}",
            Just("\"><script>alert(1)</script>".to_owned()),
            Just("' onmouseover='x".to_owned()),
            Just("--><img src=x>".to_owned()),
            Just("</style></textarea></title><b>".to_owned()),
        ],
    ) {
        prop_assume!(!evil.trim().is_empty());
        let Ok(template) = Template::parse(Form::Html, &pieces.concat()) else { return Ok(()) };
        let fill = |value: &str| {
            let of = |_: &str| Some(value);
            template.render(&Values { of: &of, seed: b"s" })
        };
        let (Rendered::Whole(evil), Rendered::Whole(harmless)) = (fill(&evil), fill("x")) else {
            return Err(TestCaseError::fail("a value is missing"));
        };
        prop_assert_eq!(structure(&evil), structure(&harmless), "{} {}", evil, harmless);
    }

    #[test]
    fn a_header_is_one_line(text in any::<String>(), value in any::<String>()) {
        let Ok(template) = Template::parse(Form::Header, &format!("{text}{{{{a|x}}}}\r\nBcc: y")) else { return Ok(()) };
        let of = |_: &str| Some(value.as_str());
        if let Rendered::Whole(line) = template.render(&Values { of: &of, seed: b"s" }) {
            prop_assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in "[a-z |{}%'\"=<>/]{0,60}", form in prop::sample::select(vec![Form::Header, Form::Html])) {
        if let Ok(template) = Template::parse(form, &text) {
            let of = |_: &str| Some("v");
            let _rendered = template.render(&Values { of: &of, seed: b"" });
            prop_assert!(template.variables().iter().all(|name| text.contains(name)));
        }
    }
}
