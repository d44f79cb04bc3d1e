//! Which kinds of mail providers write to which. The kind of a recipient or a sender can be unknown, and unknown kinds keep
//! nobody from writing.

/// The kind of a mail provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Esp {
    Google,
    Outlook,
    Other,
}

/// The kinds on one side of a rule. An empty list means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kinds(pub Vec<Esp>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `send`, or `do_not_send`.
    pub send: bool,
    pub recipients: Kinds,
    pub senders: Kinds,
}

/// What a campaign says about kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routing {
    /// `match_lead_esp`
    pub own_kind: bool,
    /// `provider_routing_rules`
    pub rules: Vec<Rule>,
    /// The kinds of all accounts that the campaign sends from.
    pub senders: Vec<Option<Esp>>,
}

impl Kinds {
    fn has(&self, kind: Esp) -> bool {
        self.0.is_empty() || self.0.contains(&kind)
    }
}

impl Routing {
    /// Whether an account can write to a lead. Rules of routing are strict. A sender of the lead's own kind is required only
    /// if the campaign has one that the rules leave.
    pub fn allows(&self, sender: Option<Esp>, recipient: Option<Esp>) -> bool {
        if !self.permits(sender, recipient) {
            return false;
        }
        let own = |kind: &Option<Esp>| kind.is_some() && *kind == recipient && self.permits(*kind, recipient);
        !self.own_kind || sender.is_none() || sender == recipient || !self.senders.iter().any(own)
    }

    /// Whether some account of the campaign can write to a lead. If not, the lead waits.
    pub fn has_sender(&self, recipient: Option<Esp>) -> bool {
        self.senders.iter().any(|sender| self.allows(*sender, recipient))
    }

    fn permits(&self, sender: Option<Esp>, recipient: Option<Esp>) -> bool {
        let (Some(sender), Some(recipient)) = (sender, recipient) else { return true };
        let fits = |rule: &&Rule| rule.recipients.has(recipient) && rule.senders.has(sender);
        if self.rules.iter().filter(|rule| !rule.send).any(|rule| fits(&rule)) {
            return false;
        }
        let mut allowing =
            self.rules.iter().filter(|rule| rule.send && rule.recipients.has(recipient)).peekable();
        allowing.peek().is_none() || allowing.any(|rule| fits(&rule))
    }
}
