//! Roles and permissions. This table is the only place where they are decided.
//!
//! Each row is a type, such as `campaigns::Launch`. Its parts, from left to right:
//! - after `=`, the name;
//! - in round brackets, the verbs that an API key needs one of. Strict scopes need the first. Empty: no scope is needed;
//! - the activity type of its audit rows. 1 to 38 are the official API's. Ours begin at 1001, and a number is never used
//!   again. `_` is for rows that change nothing;
//! - a cell for each role, which says how far it reaches: `x` every record of the workspace, `team` those that are shared
//!   with the team and the member's own, `own` those that the member owns or collaborates on, `asgn` those that are
//!   assigned to the member, `_` none;
//! - the member permission of the wire that it needs, if the member has a list of them;
//! - a summary;
//! - after `+`, marks, which `Mark` describes;
//! - after `@`, the resource whose records it is about, if that is another one.
//!
//! An operation that needs more in some cases, for example to give a role that manages members, has a further row for
//! those cases. It checks that row with `can.also`, and an explanation of that row covers them. A forgotten column does
//! not compile.

super::access_matrix! {
    roles [Owner Admin Manager Editor Member Sdr View Client]

    workspaces "workspaces" {
        //                                     Owner Admin Manager Editor Member Sdr  View Client
        Read   = read   (read)          _     [x     x     x       x      x      x    x    x   ] "dashboard.view"      "See the workspace"
        Create = create (create)        1001  [x     x     x       x      x      x    x    _   ] "organization.manage" "Create a workspace" + InPerson + Unlimited + Unbound
        Update = update (update)        1002  [x     x     _       _      _      _    _    _   ] "organization.manage" "Change the workspace's settings" + Unlimited
        SetRights = set_rights (update) _     [x     x     _       _      _      _    _    _   ] "organization.manage" "Change strict scopes, or the default role to one that manages members or keys" + Unlimited + Whole + Fresh
        Delete = delete (delete)        1003  [x     _     _       _      _      _    _    _   ] "organization.manage" "Schedule the workspace's removal, or cancel it" + InPerson + Unlimited + Fresh
        ChangeOwner = change_owner (update) 1004 [x  _     _       _      _      _    _    _   ] "organization.manage" "Transfer the ownership" + InPerson + Unlimited + Fresh + Whole + Unbound
        SetUp  = set_up ()              1043  [x     _     _       _      _      _    _    _   ] ""                    "Create the first workspace of a server"
    }
    workspace_members "workspace_members" {
        Read   = read   (read)          _     [x     x     x       _      _      _    _    _   ] "organization.users.manage" "See members and invitations" + Managing
        Create = create (create)        1005  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Invite a member" + Unlimited + Fresh + Stores + Managing + Prompt
        Update = update (update)        1006  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Change a member's role, nickname or tag limit" + Unlimited + Managing + Prompt
        Delete = delete (delete)        1007  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Remove a member or an invitation" + Unlimited + Managing
        SeeBelongings = belongings (read) _   [x     x     _       _      _      _    _    _   ] "organization.users.manage" "See what belongs to a member" + Unlimited + Managing
        OffBoard = off_board (delete)   1103  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Remove a member and hand over their records" + Unlimited + Fresh + Managing
        Resend = resend (create)        1008  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Send an invitation again" + Unlimited + Fresh + Managing + Prompt
        ChangeRole = change_role (update) _   [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Change a member's role or tag limit" + Unlimited + Fresh + Managing
        Loosen = loosen (update)        _     [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Loosen a member's tag limit" + Unlimited + Whole + Managing
        Appoint = appoint (create)      _     [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Give a role that manages members or keys" + Unlimited + Whole + Unbound + Managing
        Dismiss = dismiss (update)      _     [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Change or remove a role that manages members or keys" + Unlimited + Whole + Managing
        ExplainOthers = explain_others (read) _ [x   x     _       _      _      _    _    _   ] "organization.users.manage" "Explain why another member or key can do something, or cannot" + Unlimited + Managing
        Accept = accept ()              1009  [x     x     x       x      x      x    x    x   ] ""                    "Accept an invitation" + Always
        Preview = preview ()            _     [x     x     x       x      x      x    x    x   ] ""                    "Show an invitation to the person who holds its link"
    }
    roles "workspace_members" {
        Read   = read   (read)          _     [x     x     _       _      _      _    _    _   ] "organization.users.manage" "See custom roles, what each role can do, and what a change to a role would do" + Unlimited
        Create = create (create)        1090  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Create a custom role" + Unlimited + Fresh + Whole + Stores + Managing
        Update = update (update)        1091  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Change a custom role" + Unlimited + Fresh + Whole + Managing + Prompt
        Delete = delete (delete)        1092  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Delete a custom role" + Unlimited + Fresh + Whole + Managing
    }
    api_keys "api_keys" {
        Read   = read   (read)          _     [x     x     x       _      _      _    _    _   ] "organization.integrations" "See API keys" + Managing
        Create = create (create)        37    [x     x     _       _      _      _    _    _   ] "organization.integrations" "Create an API key" + Fresh + Stores + MakesKey + Managing + Prompt
        Preview = preview (create)      _     [x     x     _       _      _      _    _    _   ] "organization.integrations" "Preview what an API key could do, without creating it" + Managing
        Rotate = rotate (create)        1100  [x     x     _       _      _      _    _    _   ] "organization.integrations" "Rotate an API key" + Unlimited + Fresh + Stores + MakesKey + Managing + Prompt
        Delete = delete (delete)        38    [x     x     _       _      _      _    _    _   ] "organization.integrations" "Revoke an API key" + Unlimited + Managing
        Warn   = warn   (read)          1102  [x     x     _       _      _      _    _    _   ] "organization.integrations" "Get a letter when somebody uses a canary key" + Managing
    }
    custom_tags "custom_tags" {
        Read   = read   (read)          _     [x     x     x       x      x      x    x    x   ] "campaigns.view"      "See tags"
        Create = create (create)        1010  [x     x     x       x      _      _    _    _   ] "preferences.manage"  "Create tags" + Unlimited + Stores
        Update = update (update)        1011  [x     x     x       x      _      _    _    _   ] "preferences.manage"  "Rename tags" + Unlimited + Stores
        Delete = delete (delete)        1012  [x     x     _       x      _      _    _    _   ] "preferences.manage"  "Delete tags" + Unlimited
        Toggle = toggle (update)        1013  [x     x     team    team   own    _    _    _   ] "campaigns.edit"      "Add tags to campaigns, or remove them" + Unlimited + Stores @ campaigns
    }
    custom_tag_mappings "custom_tag_mappings" {
        Read   = read   (read)          _     [x     x     team    team   team   team team team] "campaigns.view"      "See which records have which tags"
    }
    lead_labels "lead-labels" {
        Read   = read   (read)          _     [x     x     x       x      x      x    x    x   ] "leadManagement.view" "See lead labels"
        Create = create (create)        1177  [x     x     x       x      _      _    _    _   ] "customLeadLabels.create" "Create lead labels" + Unlimited + Stores
        Update = update (update)        1178  [x     x     x       x      _      _    _    _   ] "customLeadLabels.edit" "Change lead labels" + Unlimited + Stores
        Delete = delete (delete)        1179  [x     x     _       x      _      _    _    _   ] "customLeadLabels.delete" "Delete lead labels" + Unlimited
    }
    audit_logs "audit_logs" {
        Read   = read   (read)          _     [x     x     _       _      _      _    _    _   ] "organization.manage" "Read the audit log"
        Export = export (export read)   1188  [x     x     _       _      _      _    _    _   ] "organization.manage" "Export the audit log" + Fresh + Unlimited + Export + Reading
    }
    campaigns "campaigns" {
        Read   = read   (read)          _     [x     x     team    team   team   team team team] "campaigns.view"      "See campaigns"
        Create = create (create)        1014  [x     x     team    team   own    _    _    _   ] "campaigns.create"    "Create campaigns" + Stores
        Update = update (update)        11    [x     x     team    team   own    _    _    _   ] "campaigns.edit"      "Change campaigns, their visibility and collaborators" + Stores
        Launch = launch (launch update) 4     [x     x     team    team   own    team _    _   ] "campaigns.edit"      "Launch campaigns"
        Pause  = pause  (launch update) 5     [x     x     team    team   own    team _    _   ] "campaigns.edit"      "Pause campaigns"
        Delete = delete (delete)        3     [x     x     _       team   own    _    _    _   ] "campaigns.delete"    "Delete campaigns"
        Share  = share  (update)        1017  [x     x     _       team   _      _    _    _   ] "campaigns.edit"      "Share a campaign: anybody who knows its id can copy it for 7 days" + Export
        Export = export (export read)   1018  [x     x     team    team   own    _    _    _   ] "campaigns.view"      "Export campaigns" + Fresh + Export + Reading
    }
    accounts "accounts" {
        Read   = read   (read)          _     [x     x     team    team   asgn   team team _   ] "accounts.view"       "See sending accounts"
        Use    = use    (read)          _     [x     x     asgn    team   asgn   asgn _    _   ] "accounts.view"       "Send from accounts"
        Create = create (create)        6     [x     x     team    team   _      _    _    _   ] "accounts.manage"     "Connect sending accounts" + Stores
        Update = update (update)        36    [x     x     _       team   _      _    _    _   ] "accounts.manage"     "Change sending accounts" + Stores
        Assign = assign (update)        1019  [x     x     _       _      _      _    _    _   ] "accounts.manage"     "Assign a sending account to a member, or unassign it" + Unlimited
        Pause  = pause  (update)        1020  [x     x     _       team   _      _    _    _   ] "accounts.manage"     "Pause sending accounts"
        Resume = resume (update)        1021  [x     x     _       team   _      _    _    _   ] "accounts.manage"     "Resume sending accounts"
        Fix    = mark_fixed (update)    1022  [x     x     _       team   _      _    _    _   ] "accounts.manage"     "Clear the error of a sending account that was repaired"
        Warm   = warm   (update)        1023  [x     x     _       team   _      _    _    _   ] "accounts.manage"     "Start and stop the warm-up of sending accounts"
        Test   = test   (read)          _     [x     x     team    team   asgn   asgn _    _   ] "accounts.view"       "Test the DNS and the mail servers of sending accounts"
        Delete = delete (delete)        7     [x     x     _       team   _      _    _    _   ] "accounts.manage"     "Remove sending accounts"
        Preview = preview_move (move read) _ [x     x     _       _      _      _    _    _   ] "accounts.manage"     "Preview a move of sending accounts between workspaces" + Unlimited
        Move   = move   (move update)   1044  [x     x     _       _      _      _    _    _   ] "accounts.manage"     "Move sending accounts between workspaces of a group" + Unlimited
    }
    account_campaign_mappings "account_campaign_mappings" {
        Read   = read   (read)          _     [x     x     team    team   asgn   team team _   ] "accounts.view"       "See which campaigns send from an account" @ accounts
    }
    leads "leads" {
        Read   = read   (read)          _     [x     x     team    team   own    own  team team] "leadManagement.view" "See leads"
        Create = create (create)        9     [x     x     team    team   own    team _    _   ] "leadManagement.view" "Add leads to campaigns and lists" + Stores
        Update = update (update)        1024  [x     x     team    team   own    _    _    _   ] "leadManagement.view" "Change leads" + Stores
        Delete = delete (delete)        2     [x     x     _       team   own    _    _    _   ] "leadManagement.view" "Delete leads"
        Merge  = merge  (update)        10    [x     x     team    team   own    _    _    _   ] "leadManagement.view" "Merge a lead into another" + Stores
        Move   = move   (update)        8     [x     x     team    team   own    _    _    _   ] "leads.move"          "Move leads to another campaign or list, or copy them" + Stores
        Assign = assign (update)        1180  [x     x     team    team   _      _    _    _   ] "leadManagement.view" "Assign many leads to members"
        Verify = verify (create)        1176  [x     x     team    team   own    team _    _   ] "leadManagement.view" "Verify the addresses of leads that are added, which can cost credits" + Stores
        SetInterest = set_interest (update) 1181 [x  x     team    team   own    _    _    _   ] "leadManagement.view" "Set the interest of leads"
        Export = export (export read)   34    [x     x     team    team   own    _    _    _   ] "leadManagement.view" "Export leads" + Fresh + Export + Reading
    }
    lead_imports "leads" {
        Read   = read   (read)          _     [x     x     own     own    own    own  _    _   ] "leadManagement.view" "See imports of leads and their reports"
        Inspect = inspect (create)      _     [x     x     team    team   own    team _    _   ] "leadManagement.view" "Inspect a file before its leads are imported"
        Create = create (create)        32    [x     x     team    team   own    team _    _   ] "leadManagement.view" "Import leads from a file" + Stores
        Cancel = cancel (create)        33    [x     x     own     own    own    own  _    _   ] "leadManagement.view" "Cancel an import of leads"
    }
    lead_import_mappings "leads" {
        Read   = read   (read)          _     [x     x     x       x      x      x    _    _   ] "leadManagement.view" "See saved mappings of columns"
        Create = create (create)        1185  [x     x     x       x      x      x    _    _   ] "leadManagement.view" "Save a mapping of columns" + Unlimited + Stores
        Delete = delete (delete)        1186  [x     x     x       x      own    own  _    _   ] "leadManagement.view" "Delete saved mappings of columns" + Unlimited
    }
    lead_lists "lead_lists" {
        Read   = read   (read)          _     [x     x     team    team   own    own  team _   ] "leadManagement.view" "See lead lists"
        Create = create (create)        1025  [x     x     team    team   own    own  _    _   ] "leadManagement.view" "Create lead lists" + Unlimited + Stores
        Update = update (update)        1026  [x     x     team    team   own    _    _    _   ] "leadManagement.view" "Change lead lists" + Unlimited + Stores
        Delete = delete (delete)        1027  [x     x     _       team   own    _    _    _   ] "leadManagement.view" "Delete lead lists with their leads" + Unlimited
    }
    block_list_entries "block_list_entries" {
        Read   = read   (read)          _     [x     x     x       x      x      x    _    _   ] "blocklist.manage"    "See the block list"
        Create = create (create)        1170  [x     x     x       x      x      x    _    _   ] "blocklist.manage"    "Block addresses and domains" + Unlimited + Stores
        Update = update (update)        1171  [x     x     _       _      _      _    _    _   ] "blocklist.manage"    "Change entries of the block list" + Unlimited
        Delete = delete (delete)        1172  [x     x     _       _      _      _    _    _   ] "blocklist.manage"    "Delete entries of the block list" + Unlimited
        Purge  = purge  (delete)        1173  [x     x     _       _      _      _    _    _   ] "blocklist.manage"    "Delete all entries of the block list, or all that match" + Unlimited + Fresh
        Download = download (read)      1174  [x     x     x       x      x      x    _    _   ] "blocklist.manage"    "Download the block list" + Unlimited + Fresh + Export + Reading
    }
    emails "emails" {
        Test   = test   (create)        1193  [x     x     asgn    team   asgn   asgn _    _   ] "unibox.all"          "Send test mails from sending accounts" @ accounts
    }
    email_verifications "email_verifications" {
        Read   = read   (read)          _     [x     x     x       x      x      x    _    _   ] "leadManagement.view" "See verifications of e-mail addresses"
        Create = create (create)        1175  [x     x     x       x      x      x    _    _   ] "leadManagement.view" "Verify e-mail addresses, which can cost credits" + Unlimited + Stores
    }
    webhooks "webhooks" {
        Read   = read   (read)          _     [x     x     x       x      _      _    _    _   ] "organization.integrations" "See webhooks"
        Create = create (create)        18    [x     x     x       x      _      _    _    _   ] "organization.integrations" "Create webhooks" + Unlimited + Fresh + Export + Stores
        Update = update (update)        19    [x     x     _       x      _      _    _    _   ] "organization.integrations" "Change webhooks" + Unlimited + Fresh + Export
        Delete = delete (delete)        1160  [x     x     _       x      _      _    _    _   ] "organization.integrations" "Delete webhooks" + Unlimited
        Test   = test   (update)        1161  [x     x     x       x      _      _    _    _   ] "organization.integrations" "Send an example to a webhook" + Unlimited
        Resume = resume (update)        21    [x     x     _       x      _      _    _    _   ] "organization.integrations" "Resume webhooks" + Unlimited + Export
        Rotate = rotate_secret (update) 1162  [x     x     _       x      _      _    _    _   ] "organization.integrations" "Make a new secret for a webhook" + Unlimited + Fresh
        Deliver = deliver (create update read) 20 [x x     x       x      _      _    _    _   ] "organization.integrations" "Have a webhook that delivers events" + Export
    }
    webhook_events "webhook_events" {
        Read   = read   (read)          _     [x     x     team    team   _      _    _    _   ] "organization.integrations" "See deliveries of webhooks"
        Redeliver = redeliver (update)  1163  [x     x     _       team   _      _    _    _   ] "organization.integrations" "Deliver events again" + Export
    }
    background_jobs "background-jobs" {
        Read   = read   (read)          _     [x     x     own     own    own    own  own  _   ] "dashboard.view"      "See background jobs"
    }
    profile "users" {
        Read   = read   ()              _     [x     x     x       x      x      x    x    x   ] ""                    "See your own name and address" + SignedIn + Personal
        Update = update ()              1028  [x     x     x       x      x      x    x    x   ] ""                    "Change your name" + SignedIn + Personal
        ChangeEmail = change_email ()   1029  [x     x     x       x      x      x    x    x   ] ""                    "Change the address that you sign in with" + SignedIn + Fresh + Personal
        ConfirmEmail = confirm_email () 1030  [x     x     x       x      x      x    x    x   ] ""                    "Confirm a new address by its link" + Personal
        ChangePassword = change_password () 1031 [x     x     x       x      x      x    x    x   ] ""                 "Change your password" + SignedIn + Personal
        FirstPassword = first_password () _   [x     x     x       x      x      x    x    x   ] ""                    "Choose a first password" + SignedIn + Fresh + Personal
        AskReset = ask_reset ()         1032  [x     x     x       x      x      x    x    x   ] ""                    "Request a link to choose a new password" + Personal
        ShowLink = show_link ()         _     [x     x     x       x      x      x    x    x   ] ""                    "Show the address that a mailed link belongs to" + Personal
        Reset  = reset_password ()      1033  [x     x     x       x      x      x    x    x   ] ""                    "Choose a new password by its link" + Personal
    }
    sessions "workspaces" {
        Read   = read   ()              _     [x     x     x       x      x      x    x    x   ] ""                    "List your sessions" + SignedIn + Personal
        SignIn = sign_in ()             1     [x     x     x       x      x      x    x    x   ] ""                    "Sign in" + Personal
        AskPasskey = ask_passkey ()     _     [x     x     x       x      x      x    x    x   ] ""                    "Start a sign-in with a passkey" + Personal
        Begin  = begin ()               1034  [x     x     x       x      x      x    x    x   ] ""                    "Sign in with the first of two factors" + Personal
        Challenge = second_factor ()    31    [x     x     x       x      x      x    x    x   ] ""                    "Sign in with the second factor" + Personal
        Reauthenticate = reauthenticate () 1035 [x     x     x       x      x      x    x    x   ] ""                  "Re-authenticate" + SignedIn + Enrolling + Personal + Prompt
        Switch = switch ()              1036  [x     x     x       x      x      x    x    x   ] ""                    "Switch to another of your workspaces" + SignedIn + Personal + Prompt
        SignOut = sign_out ()           1037  [x     x     x       x      x      x    x    x   ] ""                    "Sign out" + SignedIn + Enrolling + Personal + Prompt
        End    = end ()                 1038  [x     x     x       x      x      x    x    x   ] ""                    "End your sessions" + SignedIn + Enrolling + Personal + Prompt
        EndAll = end_all (update)       1039  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Sign everybody out of the workspace" + Fresh + Unlimited + Own + Prompt
    }
    factors "users" {
        Read   = read   ()              _     [x     x     x       x      x      x    x    x   ] ""                    "List your second factors" + SignedIn + Enrolling + Personal
        StartTotp = start_totp ()       22    [x     x     x       x      x      x    x    x   ] ""                    "Start to enrol an authenticator app" + SignedIn + Fresh + Enrolling + Personal
        EnableTotp = enable_totp ()     23    [x     x     x       x      x      x    x    x   ] ""                    "Confirm an authenticator app by a code" + SignedIn + Fresh + Enrolling + Personal
        DisableTotp = disable_totp ()   26    [x     x     x       x      x      x    x    x   ] ""                    "Remove an authenticator app" + SignedIn + Fresh + Personal
        OfferPasskey = offer_passkey () _     [x     x     x       x      x      x    x    x   ] ""                    "Start to enrol a passkey" + SignedIn + Fresh + Enrolling + Personal
        AddPasskey = add_passkey ()     1040  [x     x     x       x      x      x    x    x   ] ""                    "Enrol a passkey" + SignedIn + Fresh + Enrolling + Personal
        RemovePasskey = remove_passkey () 1041 [x     x     x       x      x      x    x    x   ] ""                   "Remove a passkey" + SignedIn + Fresh + Personal
        Recovery = make_recovery_codes () 27  [x     x     x       x      x      x    x    x   ] ""                    "Make new recovery codes" + SignedIn + Fresh + Personal
    }
    login_policy "workspaces" {
        Read   = read   (read)          _     [x     x     _       _      _      _    _    _   ] "organization.manage" "See how people can sign in, and whom another policy would lock out" + Unlimited
        Update = update (update)        1042  [x     x     _       _      _      _    _    _   ] "organization.manage" "Change how people can sign in" + Fresh + Unlimited + Own + Whole
    }
    workspace_group_members "workspace_group_members" {
        Read   = read   (read)          _     [x     x     _       _      _      _    _    _   ] "organization.manage" "See the workspaces and invitations of the group" + Unlimited + Always
        ReadAdmin = read_admin (read)   _     [x     x     x       x      x      x    x    _   ] ""                    "See the admin workspace, and what it can do here" + Always
        Create = create (create)        1045  [x     x     _       _      _      _    _    _   ] "workspaceGroupMembers.invite" "Invite a workspace into the group" + Unlimited
        Delete = delete (delete)        1046  [x     x     _       _      _      _    _    _   ] "workspaceGroupMembers.remove" "Remove a sub-workspace, or leave a group" + Unlimited
        Leave  = leave  (delete)        1047  [x     _     _       _      _      _    _    _   ] "workspaceGroupMembers.leave" "Leave a group" + InPerson + Fresh
        Accept = accept (update)        1048  [x     _     _       _      _      _    _    _   ] ""                    "Accept an invitation into a group" + InPerson + Fresh + Unbound
        Reject = reject (update)        1049  [x     _     _       _      _      _    _    _   ] ""                    "Reject an invitation into a group" + InPerson
        Act    = act    ()              _     [x     x     _       _      _      _    _    _   ] "agency.manage"       "Act in sub-workspaces: `x-as-workspace`" + Unlimited + Always
        Delegate = delegate (update)    1050  [x     _     _       _      _      _    _    _   ] ""                    "Change what the admin workspace can do here, or pause it" + InPerson + Fresh
    }
    guard_rails "workspace_group_members" {
        Read   = read   (read)          _     [x     x     _       _      _      _    _    _   ] "organization.manage" "See the guard-rails, and what other guard-rails would have refused" + Unlimited
        Update = update (update)        1051  [x     x     _       _      _      _    _    _   ] "organization.manage" "Change the guard-rails of the sub-workspaces" + Unlimited + Fresh + Whole
    }
    credits "workspace_billing" {
        Read   = read   (read)          _     [x     x     x       _      _      _    _    _   ] "dashboard.view"      "See the credits, who pays for them, and what was spent" + Unlimited
        Use    = spend  (update)        1080  [x     x     _       _      _      _    _    _   ] "leadFinder.view"     "Spend credits" + Unlimited
        SetCaps = set_caps (update)     1081  [x     x     _       _      _      _    _    _   ] "organization.manage" "Limit what each sub-workspace can spend in a month" + Unlimited
    }
    workspace_billing "workspace_billing" {
        Read   = read   (read)          _     [x     _     _       _      _      _    _    _   ] "organization.billing" "See the workspace's plan and subscriptions" + Unlimited
    }
    white_label "workspaces" {
        Read   = read   (read)          _     [x     x     _       _      _      _    _    _   ] "agency.manage"       "See the white-label domain and the records that it needs"
        Set    = set_domain (update)    1070  [x     x     _       _      _      _    _    _   ] "agency.manage"       "Request a white-label domain" + Unlimited
        Verify = verify_domain (update) 1071  [x     x     _       _      _      _    _    _   ] "agency.manage"       "Verify the records of the white-label domain" + Unlimited
        Remove = remove_domain (update) 1072  [x     x     _       _      _      _    _    _   ] "agency.manage"       "Remove the white-label domain" + Unlimited
    }
    branding "workspaces" {
        Read   = read   (read)          _     [x     x     x       x      x      x    x    x   ] "dashboard.view"      "See the workspace's branding"
        Update = update (update)        1073  [x     x     _       _      _      _    _    _   ] "agency.manage"       "Change the workspace's branding" + Unlimited
    }
    access "workspace_members" {
        Read    = read    ()            _     [x     x     x       x      x      x    x    x   ] ""                    "See your own rights" + Always
        Explain = explain ()            _     [x     x     x       x      x      x    x    x   ] ""                    "Explain why a caller can do something, or cannot" + Always
        WhoCan  = who_can (read)        _     [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Find everybody who can do something" + Unlimited + Managing
        Plan    = plan    (read)        _     [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Read the workspace's access as a file, and compare a file with it" + Unlimited + Managing
        Apply   = apply   (update)      1093  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Apply a file to the workspace's access" + Unlimited + Fresh + Whole + Managing
    }
}
