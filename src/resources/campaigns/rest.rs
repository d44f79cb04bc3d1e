//! Campaign fields that no SQL statement filters on, stored in one JSON column.

use super::{Schedule, Sequence, Settings};
use crate::db::Kept;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;
use uuid::Uuid;

#[derive(Serialize)]
pub struct Rest {
    pub campaign_schedule: Kept<Schedule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ai_sdr_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_variables: Option<Map<String, Value>>,
    #[serde(flatten, serialize_with = "without_senders")]
    pub settings: Settings,
}

/// The addresses are rows of their own.
fn without_senders<S: Serializer>(settings: &Settings, out: S) -> Result<S::Ok, S::Error> {
    Settings { email_list: vec![], ..settings.clone() }.serialize(out)
}

/// Reads in one pass. `serde(flatten)` would buffer every field first, and a page has a hundred campaigns.
impl<'de> Deserialize<'de> for Rest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Walk)
    }
}

struct Walk;

impl<'de> Visitor<'de> for Walk {
    type Value = Rest;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("the rest of a campaign")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rest, A::Error> {
        let mut fields = Fields {
            map,
            campaign_schedule: None,
            sequences: Kept::default(),
            ai_sdr_id: None,
            custom_variables: None,
        };
        let mut settings = Settings::deserialize(MapAccessDeserializer::new(&mut fields))?;
        settings.sequences = fields.sequences;
        let missing = || A::Error::missing_field("campaign_schedule");
        Ok(Rest {
            campaign_schedule: fields.campaign_schedule.ok_or_else(missing)?,
            ai_sdr_id: fields.ai_sdr_id,
            custom_variables: fields.custom_variables,
            settings,
        })
    }
}

/// Yields the fields of the settings. Keeps the other fields, and those that stay text, for the caller.
struct Fields<A> {
    map: A,
    campaign_schedule: Option<Kept<Schedule>>,
    sequences: Kept<Vec<Sequence>>,
    ai_sdr_id: Option<Uuid>,
    custom_variables: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de, A: MapAccess<'de>> Fields<A> {
    fn text<T>(&mut self) -> Result<Kept<T>, A::Error> {
        self.map.next_value::<Box<RawValue>>().map(Kept::stored)
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Fields<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(Name(name)) = self.map.next_key()? {
            match &*name {
                "campaign_schedule" => self.campaign_schedule = Some(self.text()?),
                "sequences" => self.sequences = self.text()?,
                "ai_sdr_id" => self.ai_sdr_id = self.map.next_value()?,
                "custom_variables" => self.custom_variables = self.map.next_value()?,
                _ => return seed.deserialize(name.into_deserializer()).map(Some),
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Json;
    use serde_json::json;

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        let window = json!({ "name": "w", "timing": { "from": "09:00", "to": "17:00" }, "days": { "1": true }, "timezone": "Etc/GMT+12" });
        let step = json!({ "type": "email", "delay": 2, "delay_unit": "days", "pre_delay_unit": "days", "variants": [] });
        let kept = json!({
            "sequences": [{ "steps": [step] }], "daily_limit": 50, "campaign_schedule": { "schedules": [window] }, "text_only": true,
            "custom_variables": { "met_at": "met_at" }, "ai_sdr_id": Uuid::nil(), "email_list": [], "email_tag_list": []
        });
        let text = kept.to_string().replace("text_only", "text\\u005fonly");
        let rest: Rest = serde_json::from_str(&text).unwrap();
        assert_eq!(Json::value(&rest), kept);
        let mut of_a_tree: Rest = serde_json::from_value(kept.clone()).unwrap();
        of_a_tree.settings.email_list.push("ann@outreach.example".to_owned());
        assert_eq!(Json::value(&of_a_tree), kept, "the addresses are rows");
    }

    #[test]
    fn of_a_body_is_kept_what_its_type_says() {
        let odd = json!([{ "odd": 1, "steps": [{ "type": "email", "delay": 2, "variants": [], "odd": 2 }] }]);
        let kept: Kept<Vec<Sequence>> = serde_json::from_value(odd).unwrap();
        let step = json!({ "type": "email", "delay": 2, "delay_unit": "days", "pre_delay_unit": "days", "variants": [] });
        assert_eq!(Json::value(&kept), json!([{ "steps": [step] }]));
    }

    #[test]
    fn without_a_schedule_there_is_no_campaign() {
        let error = serde_json::from_str::<Rest>(r#"{"text_only":true}"#).err().unwrap().to_string();
        assert_eq!(error, "missing field `campaign_schedule` at line 1 column 18");
    }
}
