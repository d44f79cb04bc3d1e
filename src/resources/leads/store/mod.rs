//! The SQL of leads.

mod search;
pub use search::{Matching, contacts, delete_matching, list};

use super::{Engagement, Lead, Person, SHAPE};
use crate::access::{Caller, Can, Permission, campaigns, lead_lists, leads::Create, leads::Read};
use crate::db::{Json, Part, Record, Row, Source, Tx, record, sql};
use crate::error::Result;
use crate::resources::lead_containers::Container;
use crate::resources::{campaigns as campaign, lead_lists as lead_list};
use uuid::Uuid;

impl Record for Lead {
    const COLUMNS: &'static str = "l.id, l.timestamp_created, l.timestamp_updated, l.workspace_id, l.campaign_id, \
         l.list_id, l.status, l.email, l.personalization, l.website, l.last_name, l.first_name, l.company_name, \
         l.job_title, l.phone, l.lt_interest_status, l.pl_value_lead, l.assigned_to, \
         l.uploaded_by_user, l.upload_method, l.is_website_visitor, l.custom_variables, l.email_open_count, \
         l.email_reply_count, l.email_click_count, l.subsequence_id, l.verification_status, \
         l.timestamp_last_contact, l.timestamp_last_open, l.timestamp_last_reply, \
         l.timestamp_last_interest_change, l.timestamp_last_click, l.enrichment_status, l.esp_code, l.esg_code";
    fn read(row: &mut Row) -> Result<Self> {
        let (id, timestamp_created, timestamp_updated) = (row.take()?, row.take()?, row.take()?);
        let (organization, campaign, list_id) = (row.take()?, row.take()?, row.take()?);
        let (status, email) = (row.take()?, row.take()?);
        let person = Person {
            personalization: row.take()?,
            website: row.take()?,
            last_name: row.take()?,
            first_name: row.take()?,
            company_name: row.take()?,
            job_title: row.take()?,
            phone: row.take()?,
        };
        let (lt_interest_status, pl_value_lead) = (row.take()?, row.take()?);
        let (assigned_to, uploaded_by_user, upload_method) = (row.take()?, row.take()?, row.take()?);
        let (is_website_visitor, Json(custom_variables)) = (row.take()?, row.take::<Json<_>>()?);
        let lead = Lead {
            id,
            timestamp_created,
            timestamp_updated,
            organization,
            campaign,
            list_id,
            status,
            email,
            person,
            company_domain: String::new(),
            payload: None,
            lt_interest_status,
            pl_value_lead,
            assigned_to,
            uploaded_by_user,
            upload_method,
            is_website_visitor: Some(is_website_visitor),
            engagement: engagement(row)?,
            custom_variables,
        };
        Ok(lead.derived())
    }
}

fn engagement(row: &mut Row) -> Result<Engagement> {
    Ok(Engagement {
        email_open_count: row.take()?,
        email_reply_count: row.take()?,
        email_click_count: row.take()?,
        subsequence_id: row.take()?,
        verification_status: row.take()?,
        timestamp_last_contact: row.take()?,
        timestamp_last_open: row.take()?,
        timestamp_last_reply: row.take()?,
        timestamp_last_interest_change: row.take()?,
        timestamp_last_click: row.take()?,
        enrichment_status: row.take()?,
        esp_code: row.take()?,
        esg_code: row.take()?,
        ..Engagement::default()
    })
}

pub async fn find<P: Permission>(can: &Can<P>, from: impl Into<Source<'_>>, id: Uuid) -> Result<Lead> {
    let found = sql("select {columns}, {within} from leads l where l.id = $1 and {visible}")
        .bind(id)
        .fill("{within}", can.within(&SHAPE))
        .fill("{visible}", can.visible(&SHAPE))
        .optional(from);
    can.admit(found.await?)
}

/// Rows of one statement: a power of two. The remaining rows go in smaller powers of two, so that the statement cache holds
/// few variants.
const ROWS: usize = 64;

pub async fn insert(can: &Caller, tx: &mut Tx, mut leads: &[Lead]) -> Result<()> {
    let mut rows = ROWS;
    while !leads.is_empty() {
        while rows > leads.len() {
            rows /= 2;
        }
        let (now, rest) = leads.split_at(rows);
        sql("insert into leads (workspace_id, id, campaign_id, list_id, email, first_name, last_name, company_name, \
             job_title, phone, website, personalization, search, status, lt_interest_status, \
             pl_value_lead, assigned_to, uploaded_by_user, upload_method, is_website_visitor, custom_variables, \
             timestamp_created, timestamp_updated) values {rows}")
        .fill("{rows}", |out| {
            for (i, lead) in now.iter().enumerate() {
                out.push(if i > 0 { ", (" } else { "(" });
                row(can, lead, out);
                out.push(")");
            }
        })
        .run(&mut *tx)
        .await?;
        leads = rest;
    }
    Ok(())
}

fn row(can: &Caller, lead: &Lead, out: &mut Part) {
    let comma = |out: &mut Part| {
        out.push(", ");
    };
    out.bind(can.workspace());
    for id in [Some(lead.id), lead.campaign, lead.list_id] {
        comma(out);
        out.bind(id);
    }
    let person = &lead.person;
    let texts = [
        &lead.email,
        &person.first_name,
        &person.last_name,
        &person.company_name,
        &person.job_title,
        &person.phone,
        &person.website,
        &person.personalization,
        &Some(search(lead)),
    ];
    for text in texts {
        comma(out);
        out.bind(text.clone());
    }
    out.push(", ").bind(lead.status).push(", ").bind(lead.lt_interest_status);
    out.push(", ").bind(lead.pl_value_lead.clone()).push(", ").bind(lead.assigned_to);
    out.push(", ").bind(lead.uploaded_by_user).push(", ").bind(&lead.upload_method);
    out.push(", ").bind(lead.is_website_visitor.unwrap_or(false));
    out.push(", ").bind(Json::value(&lead.custom_variables));
    out.push(", ").bind(lead.timestamp_created).push(", ").bind(lead.timestamp_updated);
}

fn search(lead: &Lead) -> String {
    let parts = [&lead.person.first_name, &lead.person.last_name, &lead.email];
    let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
    parts.join(" ").to_lowercase()
}

pub async fn update(can: &Caller, tx: &mut Tx, lead: &Lead) -> Result<u64> {
    let person = &lead.person;
    sql("update leads set first_name = $3, last_name = $4, company_name = $5, job_title = $6, phone = $7, \
         website = $8, personalization = $9, search = $10, lt_interest_status = $11, pl_value_lead = $12, \
         assigned_to = $13, custom_variables = $14, timestamp_last_interest_change = $15, \
         timestamp_updated = $16 where workspace_id = $1 and id = $2")
    .bind(can.workspace())
    .bind(lead.id)
    .bind(person.first_name.clone())
    .bind(person.last_name.clone())
    .bind(person.company_name.clone())
    .bind(person.job_title.clone())
    .bind(person.phone.clone())
    .bind(person.website.clone())
    .bind(person.personalization.clone())
    .bind(search(lead))
    .bind(lead.lt_interest_status)
    .bind(lead.pl_value_lead.clone())
    .bind(lead.assigned_to)
    .bind(Json::value(&lead.custom_variables))
    .bind(lead.engagement.timestamp_last_interest_change)
    .bind(lead.timestamp_updated)
    .run(tx)
    .await
}

pub async fn delete(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    sql("delete from leads where workspace_id = $1 and id = $2").bind(can.workspace()).bind(id).run(tx).await
}

/// The owner of a campaign or list that the caller sees, and whether it is within reach.
pub async fn container<P: Permission>(
    can: &Can<P>,
    tx: &mut Tx,
    container: Container,
) -> Result<Option<(Option<Uuid>, bool)>> {
    let statement = match container {
        Container::Campaign(id) => {
            sql("select c.owned_by, {within} from campaigns c where c.id = $1 and {visible}")
                .bind(id)
                .fill("{within}", can.reaches::<P>(&campaign::SHAPE))
                .fill("{visible}", can.sees::<campaigns::Read>(&campaign::SHAPE))
        }
        Container::List(id) => {
            sql("select i.owned_by, {within} from lead_lists i where i.id = $1 and {visible}")
                .bind(id)
                .fill("{within}", can.reaches::<P>(&lead_list::SHAPE))
                .fill("{visible}", can.sees::<lead_lists::Read>(&lead_list::SHAPE))
        }
    };
    statement.optional(tx).await
}

/// A lead of the workspace that has an address, whether the caller sees it or not.
pub struct Known {
    pub email: String,
    pub campaign: Option<Uuid>,
    pub list: Option<Uuid>,
}
record! { Known { email = "l.email", campaign = "l.campaign_id", list = "l.list_id" } }

impl Known {
    pub fn place(&self) -> (Option<Uuid>, Option<Uuid>) {
        (self.campaign, self.list)
    }
}

/// The leads that have these addresses, and whether the caller sees each.
pub async fn known(can: &Can<Create>, tx: &mut Tx, emails: &[String]) -> Result<Vec<(Known, bool)>> {
    sql("select {columns}, {within} from leads l \
         where l.workspace_id = $1 and l.email in ({emails})")
    .bind(can.workspace())
    .fill_list("{emails}", emails)
    .fill("{within}", can.reaches::<Read>(&SHAPE))
    .all(tx)
    .await
}
