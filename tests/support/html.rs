//! Reads the HTML of our own pages: forms, with what is in them, and links that look like buttons.

/// A form as a browser would send it.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
    pub html: String,
}

impl Form {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// With another value of a field.
    pub fn with(mut self, name: &str, value: &str) -> Form {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The body of the post.
    pub fn body(&self) -> Vec<u8> {
        let mut out = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.fields {
            out.append_pair(name, value);
        }
        out.finish().into_bytes()
    }

    /// The values among which a select lets one choose.
    pub fn options(&self, name: &str) -> Vec<String> {
        let start = format!("name=\"{name}\"");
        let rest = self.html.split("<select").find(|part| part.contains(&start)).unwrap_or_default();
        let list = rest.split("</select>").next().unwrap_or_default();
        list.split("<option").skip(1).map(|option| attribute(option, "value").unwrap_or_default()).collect()
    }
}

pub fn forms(html: &str) -> Vec<Form> {
    let parts = html.split("<form").skip(1).map(|part| part.split("</form>").next().unwrap());
    parts.map(form).collect()
}

/// The forms and the links inside `<main>` that are drawn as buttons, by their addresses.
pub fn offers(html: &str) -> Vec<String> {
    let main = html.split("<main").nth(1).unwrap_or_default().split("</main>").next().unwrap();
    let links = main.split("<a ").skip(1).filter(|link| {
        attribute(link.split('>').next().unwrap(), "class").is_some_and(|class| class.starts_with("button"))
    });
    let links = links.filter_map(|link| attribute(link, "href")).map(|href| format!("GET {href}"));
    // A form of filters has no address of its own.
    let posts = forms(main).into_iter().filter(|form| !form.action.is_empty());
    let posts = posts.map(|form| format!("POST {}", form.action));
    links.chain(posts).collect()
}

fn form(html: &str) -> Form {
    let mut fields = Vec::new();
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        let tag = rest.split('>').next().unwrap();
        let Some(name) = attribute(tag, "name") else { continue };
        if tag.starts_with("input") {
            let kind = attribute(tag, "type").unwrap_or_default();
            let sent = kind != "checkbox" || tag.contains(" checked");
            fields.extend(sent.then(|| (name, attribute(tag, "value").unwrap_or_default())));
        } else if tag.starts_with("select") {
            let list = rest.split("</select>").next().unwrap();
            let chosen = list.split("<option").find(|option| option.contains(" selected"));
            let chosen = chosen.or_else(|| list.split("<option").nth(1));
            fields.extend(chosen.map(|option| (name, attribute(option, "value").unwrap_or_default())));
        } else if tag.starts_with("textarea") {
            let text = rest[tag.len() + 1..].split("</textarea>").next().unwrap();
            fields.push((name, unescaped(text)));
        }
    }
    Form {
        action: attribute(html.split('>').next().unwrap(), "action").unwrap_or_default(),
        fields,
        html: html.to_owned(),
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next().unwrap();
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    Some(unescaped(rest.split('"').next().unwrap()))
}

pub fn unescaped(text: &str) -> String {
    let all = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    all.iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}
