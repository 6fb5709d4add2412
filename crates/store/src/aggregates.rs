//! Settings, members, sites, keys, files, mappings, factor sets, figures.

use greenheart_model::{BoundaryKey, FileId, Member, MemberId, Site, SourceFile};

use crate::{Store, StoreError, changing, from_json, on_db, sql, to_json, unsigned};

impl Store {
    /// Sets a setting.
    pub async fn put_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        changing!(self, t => sqlx::query(sql::PUT_SETTING).bind(name).bind(value).execute(&mut *t).await?);
        Ok(())
    }

    /// A setting.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_scalar(sql::SETTING).bind(name).fetch_optional(pool).await?))
    }

    /// Adds or changes a member; the wrapped key is kept from the first time.
    pub async fn put_member(&self, member: &Member, wrapped_key: &str) -> Result<(), StoreError> {
        let content = to_json(member, "a member")?;
        changing!(self, t => sqlx::query(sql::PUT_MEMBER)
            .bind(member.id.as_str()).bind(&content).bind(wrapped_key).execute(&mut *t).await?);
        Ok(())
    }

    /// The members that have not been erased, by identifier.
    pub async fn members(&self) -> Result<Vec<Member>, StoreError> {
        let rows: Vec<String> = on_db!(self, pool => sqlx::query_scalar(sql::MEMBERS).fetch_all(pool).await?);
        rows.iter().map(|content| from_json(content, "a member")).collect()
    }

    /// Sets who may see a member's named figures.
    pub async fn put_visibility(&self, member: &MemberId, visibility: &str) -> Result<(), StoreError> {
        changing!(self, t => sqlx::query(sql::PUT_VISIBILITY)
            .bind(member.as_str()).bind(visibility).execute(&mut *t).await?);
        Ok(())
    }

    /// Who may see a member's named figures.
    pub async fn visibility(&self, member: &MemberId) -> Result<Option<String>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_scalar(sql::VISIBILITY).bind(member.as_str()).fetch_optional(pool).await?))
    }

    /// Who may see the named figures of each member, erased or not.
    pub async fn visibilities(&self) -> Result<Vec<(MemberId, String)>, StoreError> {
        let rows: Vec<(String, String)> =
            on_db!(self, pool => sqlx::query_as(sql::VISIBILITIES).fetch_all(pool).await?);
        Ok(rows
            .into_iter()
            .map(|(id, visibility)| (MemberId::new(id), visibility))
            .collect())
    }

    /// The sealed key of a member; `None` when there is no such member or its key was destroyed.
    pub async fn wrapped_key(&self, member: &MemberId) -> Result<Option<String>, StoreError> {
        let key: Option<Option<String>> = on_db!(self, pool => sqlx::query_scalar(sql::WRAPPED_KEY).bind(member.as_str()).fetch_optional(pool).await?);
        Ok(key.flatten())
    }

    /// Adds or changes a site.
    pub async fn put_site(&self, site: &Site) -> Result<(), StoreError> {
        let content = to_json(site, "a site")?;
        changing!(self, t => sqlx::query(sql::PUT_SITE)
            .bind(site.id.as_str()).bind(site.member.as_str()).bind(&content).execute(&mut *t).await?);
        Ok(())
    }

    /// Every site, by identifier.
    pub async fn sites(&self) -> Result<Vec<Site>, StoreError> {
        let rows: Vec<String> = on_db!(self, pool => sqlx::query_scalar(sql::SITES).fetch_all(pool).await?);
        rows.iter().map(|content| from_json(content, "a site")).collect()
    }

    /// Adds or changes a boundary key.
    pub async fn put_boundary_key(&self, key: &BoundaryKey) -> Result<(), StoreError> {
        let content = to_json(key, "a boundary key")?;
        changing!(self, t => sqlx::query(sql::PUT_BOUNDARY_KEY)
            .bind(key.member.as_str()).bind(key.valid_from.to_string()).bind(&content)
            .execute(&mut *t).await?);
        Ok(())
    }

    /// Every boundary key, by member and date.
    pub async fn boundary_keys(&self) -> Result<Vec<BoundaryKey>, StoreError> {
        let rows: Vec<String> = on_db!(self, pool => sqlx::query_scalar(sql::BOUNDARY_KEYS).fetch_all(pool).await?);
        rows.iter()
            .map(|content| from_json(content, "a boundary key"))
            .collect()
    }

    /// Every source file that has not been erased.
    pub async fn files(&self) -> Result<Vec<SourceFile>, StoreError> {
        type Columns = (String, String, String, i64, String, String);
        let rows: Vec<Columns> = on_db!(self, pool => sqlx::query_as(sql::FILES).fetch_all(pool).await?);
        Ok(rows
            .into_iter()
            .map(|(id, member, sha256, size, name, vault_address)| SourceFile {
                id: FileId::new(id),
                member: MemberId::new(member),
                sha256,
                size: unsigned(size),
                name,
                vault_address,
            })
            .collect())
    }

    /// Name of a source file that has not been erased.
    pub async fn file_name(&self, file: &FileId) -> Result<Option<String>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_scalar(sql::FILE_NAME).bind(file.as_str()).fetch_optional(pool).await?))
    }

    /// Saves a mapping under a name, as its next version; `member` keeps it to one member.
    pub async fn add_mapping(&self, name: &str, member: Option<&MemberId>, content: &str) -> Result<(), StoreError> {
        changing!(self, t => sqlx::query(sql::ADD_MAPPING)
            .bind(name).bind(member.map(MemberId::as_str)).bind(content).execute(&mut *t).await?);
        Ok(())
    }

    /// The newest version of a mapping that is shared or the member's own.
    pub async fn mapping(&self, name: &str, member: &MemberId) -> Result<Option<(i64, String)>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::MAPPING).bind(name).bind(member.as_str()).fetch_optional(pool).await?))
    }

    /// The newest version of every mapping whose name begins so, with its name, in the order of names.
    pub async fn mappings(&self, beginning: &str) -> Result<Vec<(String, String)>, StoreError> {
        let length = i32::try_from(beginning.chars().count()).unwrap_or(i32::MAX);
        on_db!(self, pool => Ok(sqlx::query_as(sql::MAPPINGS).bind(beginning).bind(length).fetch_all(pool).await?))
    }

    /// Keeps a version of the factor set for good.
    pub async fn add_factor_set(&self, version: &str, content: &str) -> Result<(), StoreError> {
        on_db!(self, pool => { sqlx::query(sql::ADD_FACTOR_SET).bind(version).bind(content).execute(pool).await?; });
        Ok(())
    }

    /// Versions of the factor sets kept, by name.
    pub async fn factor_sets(&self) -> Result<Vec<String>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_scalar(sql::FACTOR_SETS).fetch_all(pool).await?))
    }

    /// The content of a version of the factor set.
    pub async fn factor_set(&self, version: &str) -> Result<Option<String>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_scalar(sql::FACTOR_SET).bind(version).fetch_optional(pool).await?))
    }

    /// Keeps the definition behind a reference; the same reference has the same definition.
    pub async fn add_figures(&self, figures: &[(String, String)]) -> Result<(), StoreError> {
        on_db!(self, pool => {
            let mut transaction = pool.begin().await?;
            for (reference, definition) in figures {
                sqlx::query(sql::ADD_FIGURE).bind(reference).bind(definition).execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        });
        Ok(())
    }

    /// The definition behind a reference.
    pub async fn figure(&self, reference: &str) -> Result<Option<String>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_scalar(sql::FIGURE).bind(reference).fetch_optional(pool).await?))
    }
}
