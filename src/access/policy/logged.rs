//! What the audit log says about a row of the matrix, for people. `{}` stands for what the row is about. A row that has
//! an activity type and no words here does not compile.

use super::ACTIONS;

const LOGGED: &[(&str, &str)] = &[
    ("workspaces:create", "created {}"),
    ("workspaces:update", "changed the settings of the workspace"),
    ("workspaces:delete", "scheduled the removal of the workspace, or cancelled it"),
    ("workspaces:change_owner", "transferred the ownership of the workspace"),
    ("workspaces:set_up", "set up this server"),
    ("workspace_members:create", "invited {}"),
    ("workspace_members:update", "changed {}"),
    ("workspace_members:delete", "removed {}"),
    ("workspace_members:off_board", "handed over what {} had"),
    ("workspace_members:resend", "invited {} again"),
    ("workspace_members:accept", "accepted an invitation"),
    ("api_keys:create", "created the API key {}"),
    ("api_keys:rotate", "made the API key {}, which replaces another one"),
    ("api_keys:delete", "revoked the API key {}"),
    ("api_keys:warn", "wrote to the owner and the admins that somebody used the canary key {}"),
    ("custom_tags:create", "created {}"),
    ("custom_tags:update", "changed {}"),
    ("custom_tags:delete", "deleted {}"),
    ("custom_tags:toggle", "changed the tags of {}"),
    ("lead_labels:create", "created {}"),
    ("lead_labels:update", "changed {}"),
    ("lead_labels:delete", "deleted {}"),
    ("audit_logs:export", "exported the audit log"),
    ("campaigns:create", "created {}"),
    ("campaigns:update", "changed {}"),
    ("campaigns:launch", "launched {}"),
    ("campaigns:pause", "paused {}"),
    ("campaigns:delete", "deleted {}"),
    ("campaigns:share", "shared {}"),
    ("campaigns:export", "exported {}"),
    ("accounts:create", "connected {}"),
    ("accounts:update", "changed {}"),
    ("accounts:assign", "assigned {} to somebody else"),
    ("accounts:pause", "paused {}"),
    ("accounts:resume", "resumed {}"),
    ("accounts:mark_fixed", "cleared the error of {}"),
    ("accounts:warm", "changed the warm-up of {}"),
    ("accounts:delete", "removed {}"),
    ("emails:test", "sent a test mail from {}"),
    ("accounts:move", "moved {} to another workspace"),
    ("leads:create", "added {}"),
    ("leads:update", "changed {}"),
    ("leads:delete", "deleted {}"),
    ("leads:merge", "merged {}"),
    ("leads:move", "moved or copied {}"),
    ("leads:assign", "assigned {}"),
    ("leads:export", "exported {}"),
    ("lead_imports:create", "imported leads from a file"),
    ("lead_imports:cancel", "cancelled an import of leads"),
    ("lead_import_mappings:create", "saved {}"),
    ("lead_import_mappings:delete", "deleted {}"),
    ("lead_lists:create", "created {}"),
    ("lead_lists:update", "changed {}"),
    ("lead_lists:delete", "deleted {} with its leads"),
    ("block_list_entries:create", "blocked {}"),
    ("block_list_entries:update", "changed {}"),
    ("block_list_entries:delete", "deleted {}"),
    ("block_list_entries:purge", "deleted {}"),
    ("block_list_entries:download", "downloaded the block list"),
    ("profile:update", "changed their name"),
    ("profile:change_email", "asked to change their address"),
    ("profile:confirm_email", "confirmed a new address"),
    ("profile:change_password", "changed their password"),
    ("profile:ask_reset", "asked for a link to choose a new password"),
    ("profile:reset_password", "chose a new password by a link"),
    ("sessions:sign_in", "signed in"),
    ("sessions:begin", "began to sign in with two factors"),
    ("sessions:second_factor", "signed in with a second factor"),
    ("sessions:reauthenticate", "signed in again"),
    ("sessions:switch", "switched here from another of their workspaces"),
    ("sessions:sign_out", "signed out"),
    ("sessions:end", "ended some of their own sessions"),
    ("sessions:end_all", "signed everybody out of the workspace"),
    ("factors:start_totp", "began to enrol an authenticator app"),
    ("factors:enable_totp", "enrolled an authenticator app"),
    ("factors:disable_totp", "removed an authenticator app"),
    ("factors:add_passkey", "enrolled a passkey"),
    ("factors:remove_passkey", "removed a passkey"),
    ("factors:make_recovery_codes", "made new recovery codes"),
    ("login_policy:update", "changed how people can sign in"),
    ("workspace_group_members:create", "invited a workspace into the group"),
    ("workspace_group_members:delete", "removed a workspace from the group, or left it"),
    ("workspace_group_members:leave", "left the group"),
    ("workspace_group_members:accept", "accepted an invitation into a group"),
    ("workspace_group_members:reject", "rejected an invitation into a group"),
    ("workspace_group_members:delegate", "changed what the admin workspace can do here"),
    ("guard_rails:update", "changed the guard-rails of the group"),
    ("credits:spend", "spent credits"),
    ("credits:set_caps", "limited what a sub-workspace can spend"),
    ("white_label:set_domain", "requested a white-label domain"),
    ("white_label:verify_domain", "verified the white-label domain"),
    ("white_label:remove_domain", "removed the white-label domain"),
    ("branding:update", "changed the branding"),
    ("roles:create", "created the role {}"),
    ("roles:update", "changed the role {}"),
    ("roles:delete", "deleted the role {}"),
    ("access:apply", "applied a file to the access of the workspace"),
    ("leads:verify", "had the addresses of leads verified"),
    ("leads:set_interest", "set the interest of {}"),
    ("email_verifications:create", "verified an e-mail address"),
    ("webhooks:create", "created {}"),
    ("webhooks:update", "changed {}"),
    ("webhooks:delete", "deleted {}"),
    ("webhooks:test", "sent an example to {}"),
    ("webhooks:resume", "resumed {}"),
    ("webhooks:rotate_secret", "made a new secret for {}"),
    ("webhooks:deliver", "paused {}"),
    ("webhook_events:redeliver", "delivered an event again"),
];

/// What somebody did under this permission. None for a permission that changes nothing.
pub fn logged(permission: &str) -> Option<&'static str> {
    LOGGED.iter().find(|(name, _)| *name == permission).map(|(_, words)| *words)
}

const fn is_same(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    while let ([first, rest @ ..], [its_first, its_rest @ ..]) = (one, other) {
        if *first != *its_first {
            return false;
        }
        (one, other) = (rest, its_rest);
    }
    true
}

const fn has_words(permission: &str) -> bool {
    let mut rows = LOGGED;
    while let [(name, _), rest @ ..] = rows {
        if is_same(name, permission) {
            return true;
        }
        rows = rest;
    }
    false
}

// Names the row without words.
const _: () = {
    let mut actions = ACTIONS;
    while let [action, rest @ ..] = actions {
        if action.activity.is_some() && !has_words(action.name) {
            panic!("{}", action.name);
        }
        actions = rest;
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_for_rows_that_change_something() {
        for (name, _) in LOGGED {
            let action = ACTIONS.iter().find(|action| action.name == *name);
            assert!(action.is_some_and(|action| action.activity.is_some()), "{name}");
        }
        assert!(!has_words("campaigns:read") && has_words("campaigns:launch"));
    }
}
