//! Our own parsers accept or refuse any random input, and never panic. Each gets a thousand inputs; `make
//! torture` tries twenty thousand (`PROPTEST_CASES`).

use gatepost::auth::{Kind, Secret, bearer};
use gatepost::config::{Config, Settings, net};
use gatepost::http::{address, after_time, day, ids, is_email, pattern};
use gatepost::time::Time;
use proptest::prelude::*;

fn cases() -> ProptestConfig {
    let set = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(set.unwrap_or(1000)) }
}

/// Any text, and texts that look almost right.
fn odd() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9TZ:.&+-]{0,40}",
        "[0-9a-f,-]{0,90}",
        "gpk_[wpx]_[0-9A-Za-z]{0,40}",
        "[0-9a-f.:/%]{0,50}",
        "\\PC{0,20}@\\PC{0,20}",
    ]
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_key_is_told_from_what_is_none(random: [u8; 30], text in odd(), at in 0usize..42, byte in 0u8..128) {
        let key = Secret::new(Kind::Workspace, &random);
        prop_assert!(Secret::verify(key.plain()));
        prop_assert!(!key.redacted().contains(&key.plain()[10..30]));
        let mut changed = key.plain().as_bytes().to_vec();
        changed[at] = byte;
        let changed = String::from_utf8(changed).unwrap();
        prop_assert_eq!(Secret::verify(&changed), changed == key.plain());
        Secret::verify(&text);
    }

    #[test]
    fn a_header_is_a_key_or_a_refusal(text in any::<Vec<u8>>()) {
        if let Ok(value) = axum::http::HeaderValue::from_bytes(&text) {
            let headers = [(axum::http::header::AUTHORIZATION, value)].into_iter().collect();
            prop_assert!(bearer(&headers).map_or_else(|why| !why.is_empty(), |key| !key.is_empty()));
        }
    }

    #[test]
    fn a_cursor_is_a_moment_or_a_refusal(text in odd(), at in -62_135_596_800_000_i64..253_402_300_799_000, id: u128) {
        if let Ok((at, _)) = after_time(Some(&text)) {
            prop_assert_eq!(Time::parse(&at.to_string()), Some(at));
        }
        let id = uuid::Uuid::from_u128(id);
        prop_assert_eq!(after_time(Some(&format!("{}&{id}", Time(at)))).unwrap(), (Time(at), id));
    }

    #[test]
    fn filters_are_ids_days_and_patterns_or_refusals(text in odd()) {
        if let Ok(Some(found)) = ids("ids", Some(&text)) {
            prop_assert!(found.len() <= 100 && found.len() == text.split(',').count());
        }
        if let Ok(Some(day)) = day("day", Some(&text)) {
            prop_assert_eq!(day.0 % 86_400_000, 0);
        }
        prop_assert!(pattern(&text).starts_with('%') && pattern(&text).ends_with('%'));
        prop_assert_eq!(address(&address(&text)), address(&text));
        is_email(&text);
    }

    #[test]
    fn a_network_is_one_or_a_refusal(text in odd()) {
        if let Some(found) = net(&text) {
            prop_assert!(found.contains(&found.addr()) && net(&found.to_string()) == Some(found));
        }
    }

    #[test]
    fn a_setting_is_taken_or_refused_by_name(text in odd(), which in 0usize..6) {
        let mut settings = Settings::default();
        let fields = [
            &mut settings.listen, &mut settings.rate_limit, &mut settings.trusted_proxies,
            &mut settings.dns, &mut settings.metrics_listen, &mut settings.log_format,
        ];
        let names = ["listen", "rate_limit", "trusted_proxies", "dns", "metrics_listen", "log_format"];
        *fields.into_iter().nth(which).unwrap() = Some(text);
        if let Err(error) = Config::of(&settings) {
            prop_assert!(error.to_string().contains(names[which]), "{error}");
        }
    }

    #[test]
    fn a_file_of_settings_is_read_or_refused(text in prop_oneof![any::<String>(), "([a-z_]{1,9} = [^\n]{0,20}\n){0,4}"]) {
        let path = std::env::temp_dir().join(format!("gatepost-settings-{}.toml", uuid::Uuid::now_v7()));
        std::fs::write(&path, &text).unwrap();
        let read = Config::of(&Settings { config: Some(path.clone()), ..Settings::default() });
        std::fs::remove_file(path).unwrap();
        if let Err(error) = read {
            prop_assert!(error.to_string().starts_with("configuration: "), "{error}");
        }
    }
}
