//! Who may do what. This table is the only place where that is decided.
//!
//! A row is a type (`campaigns::Launch`). After `=` stands its name; in round brackets the verbs that let an
//! API key through, the first of them the one that strict scopes demand (none: no scope is needed); then the
//! activity type of its audit row (1 to 38 are the reference's, ours begin at 1001, are numbered once and
//! never used again, `_` changes nothing). A cell says how far the role reaches: `x` every record of the
//! workspace, `team` those shared with the team and one's own, `own` those one owns or collaborates on,
//! `asgn` those assigned to one, `_` none. Behind the cells: which of the wire's member permissions it takes
//! where a member has a list of them, and what it is. Marks: `InPerson` is for a person, not a workspace key;
//! `Unlimited` is not for callers with a tag limit; `Export` takes data out of the workspace; `Own` is not for who
//! comes through the link to an admin workspace; `SignedIn` is for a person with a session; `Fresh` asks such a
//! person to have authenticated again within ten minutes; `Stores` is refused while the workspace stores too much;
//! `Enrolling` is open to a person who must still enrol a second factor; `Whole` takes the scope `all:all` of a key;
//! `Unbound` is not for a key with an expiry or with `allowed_ips`;
//! `@` names the resource whose records it is about.
//! An operation that asks for more in some cases (a role that manages members) has a further row for those cases. It
//! checks that row with `can.also`, and an explanation of that row covers them.
//! A forgotten column does not compile.

super::access_matrix! {
    roles [Owner Admin Manager Editor Member Sdr View Client]

    workspaces "workspaces" {
        //                                     Owner Admin Manager Editor Member Sdr  View Client
        Read   = read   (read)          _     [x     x     x       x      x      x    x    x   ] "dashboard.view"      "See the workspace"
        Create = create (create)        1001  [x     x     x       x      x      x    x    _   ] "organization.manage" "Create a workspace of one's own" + InPerson + Unlimited + Unbound
        Update = update (update)        1002  [x     x     _       _      _      _    _    _   ] "organization.manage" "Change the workspace's settings" + Unlimited
        SetRights = set_rights (update) _     [x     x     _       _      _      _    _    _   ] "organization.manage" "Change strict scopes, or the default role to one that manages members or keys" + Unlimited + Whole + Fresh
        Delete = delete (delete)        1003  [x     _     _       _      _      _    _    _   ] "organization.manage" "Schedule the workspace's removal, or cancel it" + InPerson + Unlimited + Fresh
        ChangeOwner = change_owner (update) 1004 [x  _     _       _      _      _    _    _   ] "organization.manage" "Hand over the ownership" + InPerson + Unlimited + Fresh + Whole + Unbound
        SetUp  = set_up ()              1043  [x     _     _       _      _      _    _    _   ] ""                    "Create the first workspace of a server by its link"
    }
    workspace_members "workspace_members" {
        Read   = read   (read)          _     [x     x     x       _      _      _    _    _   ] "organization.users.manage" "See members and invitations"
        Create = create (create)        1005  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Invite a member" + Unlimited + Fresh + Stores
        Update = update (update)        1006  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Change a member's role, nickname or tag limit" + Unlimited
        Delete = delete (delete)        1007  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Remove a member or an invitation" + Unlimited
        Resend = resend (create)        1008  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Send an invitation again" + Unlimited + Fresh
        ChangeRole = change_role (update) _   [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Change a member's role or tag limit" + Unlimited + Fresh
        Loosen = loosen (update)        _     [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Loosen a member's tag limit" + Unlimited + Whole
        Appoint = appoint (create)      _     [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Give a role that manages members or keys" + Unlimited + Whole + Unbound
        Dismiss = dismiss (update)      _     [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Change or take away a role that manages members or keys" + Unlimited + Whole
        ExplainOthers = explain_others (read) _ [x   x     _       _      _      _    _    _   ] "organization.users.manage" "Ask why another member or key may do something, or not" + Unlimited
        Accept = accept ()              1009  [x     x     x       x      x      x    x    x   ] ""                    "Accept one's invitation"
        Preview = preview ()            _     [x     x     x       x      x      x    x    x   ] ""                    "Show an invitation to the person who holds its link"
    }
    api_keys "api_keys" {
        Read   = read   (read)          _     [x     x     x       _      _      _    _    _   ] "organization.integrations" "See API keys"
        Create = create (create)        37    [x     x     _       _      _      _    _    _   ] "organization.integrations" "Create an API key" + Fresh + Stores
        Delete = delete (delete)        38    [x     x     _       _      _      _    _    _   ] "organization.integrations" "Revoke an API key" + Unlimited
    }
    custom_tags "custom_tags" {
        Read   = read   (read)          _     [x     x     x       x      x      x    x    x   ] "campaigns.view"      "See tags"
        Create = create (create)        1010  [x     x     x       x      _      _    _    _   ] "preferences.manage"  "Create tags" + Unlimited + Stores
        Update = update (update)        1011  [x     x     x       x      _      _    _    _   ] "preferences.manage"  "Rename tags" + Unlimited + Stores
        Delete = delete (delete)        1012  [x     x     _       x      _      _    _    _   ] "preferences.manage"  "Delete tags" + Unlimited
        Toggle = toggle (update)        1013  [x     x     team    team   own    _    _    _   ] "campaigns.edit"      "Put tags on campaigns, or take them off" + Unlimited + Stores @ campaigns
    }
    custom_tag_mappings "custom_tag_mappings" {
        Read   = read   (read)          _     [x     x     team    team   team   team team team] "campaigns.view"      "See which tag is on what"
    }
    audit_logs "audit_logs" {
        Read   = read   (read)          _     [x     x     _       _      _      _    _    _   ] "organization.manage" "Read the audit log"
    }
    campaigns "campaigns" {
        Read   = read   (read)          _     [x     x     team    team   team   team team team] "campaigns.view"      "See campaigns"
        Create = create (create)        1014  [x     x     team    team   own    _    _    _   ] "campaigns.create"    "Create campaigns" + Stores
        Update = update (update)        11    [x     x     team    team   own    _    _    _   ] "campaigns.edit"      "Change campaigns, their visibility and collaborators" + Stores
        Launch = launch (launch update) 4     [x     x     team    team   own    team _    _   ] "campaigns.edit"      "Launch campaigns"
        Pause  = pause  (launch update) 5     [x     x     team    team   own    team _    _   ] "campaigns.edit"      "Pause campaigns"
        Delete = delete (delete)        3     [x     x     _       team   own    _    _    _   ] "campaigns.delete"    "Delete campaigns"
        Share  = share  (update)        1017  [x     x     _       team   _      _    _    _   ] "campaigns.edit"      "Let anybody who knows its id copy a campaign, for 7 days" + Export
        Export = export (export read)   1018  [x     x     team    team   own    _    _    _   ] "campaigns.view"      "Export campaigns" + Fresh + Export
    }
    accounts "accounts" {
        Read   = read   (read)          _     [x     x     team    team   asgn   team team _   ] "accounts.view"       "See sending accounts"
        Use    = use    (read)          _     [x     x     asgn    team   asgn   asgn _    _   ] "accounts.view"       "Send from accounts"
        Create = create (create)        6     [x     x     team    team   _      _    _    _   ] "accounts.manage"     "Connect sending accounts" + Stores
        Update = update (update)        36    [x     x     _       team   _      _    _    _   ] "accounts.manage"     "Change sending accounts" + Stores
        Assign = assign (update)        1019  [x     x     _       _      _      _    _    _   ] "accounts.manage"     "Hand a sending account to a member, or take it back" + Unlimited
        Pause  = pause  (update)        1020  [x     x     _       team   _      _    _    _   ] "accounts.manage"     "Pause sending accounts"
        Resume = resume (update)        1021  [x     x     _       team   _      _    _    _   ] "accounts.manage"     "Resume sending accounts"
        Mend   = mark_fixed (update)    1022  [x     x     _       team   _      _    _    _   ] "accounts.manage"     "Clear the error of a sending account that was repaired"
        Warm   = warm   (update)        1023  [x     x     _       team   _      _    _    _   ] "accounts.manage"     "Start and stop the warm-up of sending accounts"
        Test   = test   (read)          _     [x     x     team    team   asgn   asgn _    _   ] "accounts.view"       "Look up the DNS and the mail servers of sending accounts"
        Delete = delete (delete)        7     [x     x     _       team   _      _    _    _   ] "accounts.manage"     "Remove sending accounts"
        Preview = preview_move (move read) _ [x     x     _       _      _      _    _    _   ] "accounts.manage"     "See what moving sending accounts between workspaces would do" + Unlimited
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
    }
    lead_lists "lead_lists" {
        Read   = read   (read)          _     [x     x     team    team   own    own  team _   ] "leadManagement.view" "See lead lists"
        Create = create (create)        1025  [x     x     team    team   own    own  _    _   ] "leadManagement.view" "Create lead lists" + Unlimited + Stores
        Update = update (update)        1026  [x     x     team    team   own    _    _    _   ] "leadManagement.view" "Change lead lists" + Unlimited + Stores
        Delete = delete (delete)        1027  [x     x     _       team   own    _    _    _   ] "leadManagement.view" "Delete lead lists with their leads" + Unlimited
    }
    background_jobs "background-jobs" {
        Read   = read   (read)          _     [x     x     own     own    own    own  own  _   ] "dashboard.view"      "See background jobs"
    }
    profile "users" {
        Read   = read   ()              _     [x     x     x       x      x      x    x    x   ] ""                    "See one's own name and address" + SignedIn
        Update = update ()              1028  [x     x     x       x      x      x    x    x   ] ""                    "Change one's own name" + SignedIn
        ChangeEmail = change_email ()   1029  [x     x     x       x      x      x    x    x   ] ""                    "Ask for another address to sign in with" + SignedIn + Fresh
        ConfirmEmail = confirm_email () 1030  [x     x     x       x      x      x    x    x   ] ""                    "Confirm one's new address by its link"
        ChangePassword = change_password () 1031 [x     x     x       x      x      x    x    x   ] ""                 "Change one's password" + SignedIn
        FirstPassword = first_password () _   [x     x     x       x      x      x    x    x   ] ""                    "Choose a first password" + SignedIn + Fresh
        AskReset = ask_reset ()         1032  [x     x     x       x      x      x    x    x   ] ""                    "Ask for a link to choose a new password"
        ShowLink = show_link ()         _     [x     x     x       x      x      x    x    x   ] ""                    "Show the address that a mailed link is for"
        Reset  = reset_password ()      1033  [x     x     x       x      x      x    x    x   ] ""                    "Choose a new password by its link"
    }
    sessions "workspaces" {
        Read   = read   ()              _     [x     x     x       x      x      x    x    x   ] ""                    "See where one is signed in" + SignedIn
        SignIn = sign_in ()             1     [x     x     x       x      x      x    x    x   ] ""                    "Sign in"
        AskPasskey = ask_passkey ()     _     [x     x     x       x      x      x    x    x   ] ""                    "Ask what a passkey is to answer"
        Begin  = begin ()               1034  [x     x     x       x      x      x    x    x   ] ""                    "Show the first of two factors at sign-in"
        Challenge = second_factor ()    31    [x     x     x       x      x      x    x    x   ] ""                    "Show the second factor at sign-in"
        Reauthenticate = reauthenticate () 1035 [x     x     x       x      x      x    x    x   ] ""                  "Show once more who one is" + SignedIn + Enrolling
        Switch = switch ()              1036  [x     x     x       x      x      x    x    x   ] ""                    "Act in another of one's workspaces" + SignedIn
        SignOut = sign_out ()           1037  [x     x     x       x      x      x    x    x   ] ""                    "Sign out" + SignedIn + Enrolling
        End    = end ()                 1038  [x     x     x       x      x      x    x    x   ] ""                    "End sessions of one's own" + SignedIn + Enrolling
        EndAll = end_all (update)       1039  [x     x     _       _      _      _    _    _   ] "organization.users.manage" "Sign everybody out of the workspace" + Fresh + Unlimited + Own
    }
    factors "users" {
        Read   = read   ()              _     [x     x     x       x      x      x    x    x   ] ""                    "See one's own second factors" + SignedIn + Enrolling
        StartTotp = start_totp ()       22    [x     x     x       x      x      x    x    x   ] ""                    "Begin to enrol an authenticator app" + SignedIn + Fresh + Enrolling
        EnableTotp = enable_totp ()     23    [x     x     x       x      x      x    x    x   ] ""                    "Confirm an authenticator app by a code" + SignedIn + Fresh + Enrolling
        DisableTotp = disable_totp ()   26    [x     x     x       x      x      x    x    x   ] ""                    "Give up one's authenticator app" + SignedIn + Fresh
        OfferPasskey = offer_passkey () _     [x     x     x       x      x      x    x    x   ] ""                    "Begin to enrol a passkey" + SignedIn + Fresh + Enrolling
        AddPasskey = add_passkey ()     1040  [x     x     x       x      x      x    x    x   ] ""                    "Enrol a passkey" + SignedIn + Fresh + Enrolling
        RemovePasskey = remove_passkey () 1041 [x     x     x       x      x      x    x    x   ] ""                   "Give up a passkey" + SignedIn + Fresh
        Recovery = make_recovery_codes () 27  [x     x     x       x      x      x    x    x   ] ""                    "Make new recovery codes" + SignedIn + Fresh
    }
    login_policy "workspaces" {
        Read   = read   (read)          _     [x     x     _       _      _      _    _    _   ] "organization.manage" "See how people may sign in, and who would be locked out by another policy" + Unlimited
        Update = update (update)        1042  [x     x     _       _      _      _    _    _   ] "organization.manage" "Change how people may sign in" + Fresh + Unlimited + Own + Whole
    }
    workspace_group_members "workspace_group_members" {
        Read   = read   (read)          _     [x     x     _       _      _      _    _    _   ] "organization.manage" "See the workspaces of one's group, and invitations" + Unlimited
        ReadAdmin = read_admin (read)   _     [x     x     x       x      x      x    x    _   ] ""                    "See whose sub-workspace this is, and what that means"
        Create = create (create)        1045  [x     x     _       _      _      _    _    _   ] "workspaceGroupMembers.invite" "Invite a workspace into one's group" + Unlimited
        Delete = delete (delete)        1046  [x     x     _       _      _      _    _    _   ] "workspaceGroupMembers.remove" "Remove a sub-workspace, or leave a group" + Unlimited
        Leave  = leave  (delete)        1047  [x     _     _       _      _      _    _    _   ] "workspaceGroupMembers.leave" "Leave a group" + InPerson + Fresh
        Accept = accept (update)        1048  [x     _     _       _      _      _    _    _   ] ""                    "Accept the invitation into a group" + InPerson + Fresh + Unbound
        Reject = reject (update)        1049  [x     _     _       _      _      _    _    _   ] ""                    "Reject the invitation into a group" + InPerson
        Act    = act    ()              _     [x     x     _       _      _      _    _    _   ] "agency.manage"       "Act in sub-workspaces: `x-as-workspace`" + Unlimited
        Delegate = delegate (update)    1050  [x     _     _       _      _      _    _    _   ] ""                    "Say what the admin workspace may do here, or pause it" + InPerson + Fresh
    }
    guard_rails "workspace_group_members" {
        Read   = read   (read)          _     [x     x     _       _      _      _    _    _   ] "organization.manage" "See what the sub-workspaces are forbidden, and what other rails would have refused" + Unlimited
        Update = update (update)        1051  [x     x     _       _      _      _    _    _   ] "organization.manage" "Change what the sub-workspaces are forbidden" + Unlimited + Fresh + Whole
    }
    credits "workspace_billing" {
        Read   = read   (read)          _     [x     x     x       _      _      _    _    _   ] "dashboard.view"      "See credits, who pays and what was spent" + Unlimited
        Use    = spend  (update)        1080  [x     x     _       _      _      _    _    _   ] "leadFinder.view"     "Spend credits" + Unlimited
        SetCaps = set_caps (update)     1081  [x     x     _       _      _      _    _    _   ] "organization.manage" "Say what each sub-workspace may spend in a month" + Unlimited
    }
    workspace_billing "workspace_billing" {
        Read   = read   (read)          _     [x     _     _       _      _      _    _    _   ] "organization.billing" "See the workspace's plan and subscriptions" + Unlimited
    }
    white_label "workspaces" {
        Read   = read   (read)          _     [x     x     _       _      _      _    _    _   ] "agency.manage"       "See the white-label domain, and which of its records are wanted"
        Set    = set_domain (update)    1070  [x     x     _       _      _      _    _    _   ] "agency.manage"       "Ask for a white-label domain" + Unlimited
        Verify = verify_domain (update) 1071  [x     x     _       _      _      _    _    _   ] "agency.manage"       "Have the records of the white-label domain looked at, and hold it" + Unlimited
        Remove = remove_domain (update) 1072  [x     x     _       _      _      _    _    _   ] "agency.manage"       "Give up the white-label domain" + Unlimited
    }
    branding "workspaces" {
        Read   = read   (read)          _     [x     x     x       x      x      x    x    x   ] "dashboard.view"      "See the workspace's branding"
        Update = update (update)        1073  [x     x     _       _      _      _    _    _   ] "agency.manage"       "Change the workspace's branding" + Unlimited
    }
    access "workspace_members" {
        Read    = read    ()            _     [x     x     x       x      x      x    x    x   ] ""                    "See what one may do"
        Explain = explain ()            _     [x     x     x       x      x      x    x    x   ] ""                    "Ask why one may do something, or not"
    }
}
