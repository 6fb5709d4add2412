//! Every statement of the catalogue, once. `Store::check_statements` prepares each on both databases.

macro_rules! statements {
    ($($name:ident = $text:literal;)*) => {
        $(pub(crate) const $name: &str = $text;)*
        pub(crate) const ALL: &[&str] = &[$($text),*];
    };
}

// These look into each database's own catalogue and so run on one of them only.
pub(crate) const HAS_FORMAT_SQLITE: &str =
    "select count(*) from sqlite_master where type = 'table' and name = 'format'";
pub(crate) const HAS_FORMAT_POSTGRES: &str =
    "select count(*) from information_schema.tables where table_schema = current_schema() and table_name = 'format'";

pub(crate) const HAS_INDEX_SQLITE: &str = "select count(*) from sqlite_master where type = 'index' and name = $1";
pub(crate) const HAS_INDEX_POSTGRES: &str =
    "select count(*) from pg_indexes where schemaname = current_schema() and indexname = $1";

statements! {
    FORMAT = "select cast(max(version) as bigint) from format";

    PUT_SETTING = "insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    SETTING = "select value from setting where name = $1";

    // Counts up with every write outside the ledger that a page may show.
    NEXT_GENERATION = "insert into setting (name, value) values ('generation', '1') on conflict (name) do update set value = cast(cast(setting.value as bigint) + 1 as text)";
    STANDING = "select h.seq, coalesce((select cast(s.value as bigint) from setting s where s.name = 'generation'), 0) from ledger_head h where h.id = 1";

    PUT_MEMBER = "insert into member (id, content, visibility, wrapped_key) values ($1, $2, 'own', $3) on conflict (id) do update set content = excluded.content";
    MEMBERS = "select content from member where erased_at is null order by id";
    PUT_VISIBILITY = "update member set visibility = $2 where id = $1";
    VISIBILITY = "select visibility from member where id = $1";
    VISIBILITIES = "select id, visibility from member";
    WRAPPED_KEY = "select wrapped_key from member where id = $1";
    ERASE_MEMBER = "update member set wrapped_key = null, erased_at = $2, content = $3 where id = $1";
    ERASE_SITES = "delete from site where member_id = $1";
    ERASE_KEYS = "delete from boundary_key where member_id = $1";
    ERASE_FILES = "update source_file set name = '', sha256 = '', address = '' where member_id = $1";
    ERASE_TAIL = "delete from tail where member_id = $1";
    ERASE_SEGMENTS = "delete from segment where member_id = $1";
    ERASE_JOBS = "delete from job where member_id = $1";
    ERASE_MAPPINGS = "delete from mapping where member_id = $1";
    ERASE_SUMS = "delete from posting where batch_id in (select id from batch where member_id = $1)";
    ERASE_BATCHES = "update batch set content = '', ended_seq = coalesce(ended_seq, $2), ended_by = coalesce(ended_by, 'erased') where member_id = $1";
    PUT_SITE = "insert into site (id, member_id, content) values ($1, $2, $3) on conflict (id) do update set member_id = excluded.member_id, content = excluded.content";
    SITES = "select content from site order by id";
    PUT_BOUNDARY_KEY = "insert into boundary_key (member_id, valid_from, content) values ($1, $2, $3) on conflict (member_id, valid_from) do update set content = excluded.content";
    BOUNDARY_KEYS = "select content from boundary_key order by member_id, valid_from";

    HEAD = "select seq, hash from ledger_head where id = 1";
    MOVE_HEAD = "update ledger_head set seq = $1, hash = $2 where id = 1 and seq = $3 and hash = $4";
    ADD_JOURNAL = "insert into journal (seq, at_ms, operation, subject, digest, hash) values ($1, $2, $3, $4, $5, $6)";
    JOURNAL = "select seq, at_ms, operation, subject, digest, hash from journal order by seq";

    ADD_FILE = "insert into source_file (id, member_id, sha256, size_bytes, name, address) values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing";
    FILES = "select id, member_id, sha256, size_bytes, name, address from source_file where address <> '' order by id";
    FILE_NAME = "select name from source_file where id = $1 and address <> ''";
    ADD_BATCH = "insert into batch (id, member_id, identity, content, row_count, committed_at_ms, committed_seq) values ($1, $2, $3, $4, $5, $6, $7)";
    BATCH_BY_IDENTITY = "select id from batch where identity = $1 and ended_seq is null";
    END_BATCH = "update batch set ended_seq = $2, ended_by = $3 where id = $1 and ended_seq is null";
    BATCHES = "select id, member_id, content, row_count, committed_at_ms, committed_seq, ended_seq, ended_by from batch order by committed_seq, id";
    BATCHES_SINCE = "select id, member_id, content, row_count, committed_at_ms, committed_seq, ended_seq, ended_by from batch where committed_seq > $1 or ended_seq > $1 order by committed_seq, id";
    VISIBLE = "select b.id, b.member_id, b.content, b.row_count, p.generation, p.factor_set, p.entry_count from batch b join posting p on p.batch_id = b.id where b.committed_seq <= $1 and (b.ended_seq is null or b.ended_seq > $1) and p.generation = (select max(q.generation) from posting q where q.batch_id = b.id and q.since_seq <= $1) order by b.id";
    SUMS = "select b.id, p.sums from batch b join posting p on p.batch_id = b.id where b.committed_seq <= $1 and (b.ended_seq is null or b.ended_seq > $1) and p.generation = (select max(q.generation) from posting q where q.batch_id = b.id and q.since_seq <= $1) order by b.id";
    VISIBLE_OF = "select b.id, b.member_id, b.content, b.row_count, p.generation, p.factor_set, p.entry_count from batch b join posting p on p.batch_id = b.id where b.member_id = $2 and b.committed_seq <= $1 and (b.ended_seq is null or b.ended_seq > $1) and p.generation = (select max(q.generation) from posting q where q.batch_id = b.id and q.since_seq <= $1) order by b.id";
    VISIBLE_KEYS = "select b.id, b.member_id, p.generation from batch b join posting p on p.batch_id = b.id where b.committed_seq <= $1 and (b.ended_seq is null or b.ended_seq > $1) and p.generation = (select max(q.generation) from posting q where q.batch_id = b.id and q.since_seq <= $1)";
    SUMS_OF = "select sums from posting where batch_id = $1 and generation = $2";
    BATCH_COUNT = "select count(*) from batch where id = $1";
    BATCH = "select id, member_id, content, row_count, committed_at_ms, committed_seq, ended_seq, ended_by from batch where id = $1";
    ADD_POSTING = "insert into posting (batch_id, generation, since_seq, factor_set, entry_count, sums) values ($1, $2, $3, $4, $5, $6)";
    POSTINGS = "select batch_id, generation, entry_count from posting order by batch_id, generation";
    LAST_GENERATION = "select max(generation) from posting where batch_id = $1";
    ADD_SEGMENT = "insert into segment (id, member_id, kind, file_name, row_count, size_bytes, hash, batches) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    DROP_SEGMENT = "delete from segment where id = $1";
    SEGMENTS = "select id, member_id, kind, file_name, row_count, size_bytes, hash, batches from segment order by id";
    ADD_TAIL = "insert into tail (batch_id, generation, kind, member_id, row_count, payload) values ($1, $2, $3, $4, $5, $6)";
    DROP_TAIL = "delete from tail where batch_id = $1 and generation = $2 and kind = $3";
    TAIL = "select batch_id, generation, kind, member_id, row_count from tail order by batch_id, generation, kind";
    TAIL_PAYLOAD = "select payload from tail where batch_id = $1 and generation = $2 and kind = $3";

    ADD_AUDIT = "insert into audit (seq, at_ms, actor, capacity, verb, member_id, subject, outcome) select coalesce(max(seq), 0) + 1, $1, $2, $3, $4, $5, $6, $7 from audit";
    AUDIT = "select at_ms, actor, capacity, verb, member_id, subject, outcome from audit order by seq desc limit $1";
    AUDIT_OF = "select at_ms, actor, capacity, verb, member_id, subject, outcome from audit where member_id = $2 order by seq desc limit $1";

    ADD_JOB = "insert into job (id, kind, member_id, payload, state, attempts, created_at_ms) values ($1, $2, $3, $4, 'waiting', 0, $5) on conflict (id) do nothing";
    // Lists leave out what was asked and what came of it: both can be long.
    JOBS = "select id, kind, member_id, '' as payload, state, worker, lease_until_ms, attempts, progress, cast(null as text) as result from job order by created_at_ms desc, id limit $1";
    JOBS_OF = "select id, kind, member_id, '' as payload, state, worker, lease_until_ms, attempts, progress, cast(null as text) as result from job where member_id = $2 order by created_at_ms desc, id limit $1";
    JOB = "select id, kind, member_id, payload, state, worker, lease_until_ms, attempts, progress, result from job where id = $1";
    CLAIM_JOB = "update job set state = 'running', worker = $2, lease_until_ms = $3, attempts = attempts + 1 where id = $1 and (state = 'waiting' or (state = 'running' and lease_until_ms < $4))";
    BEAT_JOB = "update job set lease_until_ms = $3, progress = $4 where id = $1 and worker = $2 and state = 'running'";
    END_JOB = "update job set state = $3, result = $4 where id = $1 and worker = $2 and state = 'running'";
    FAIL_JOB = "update job set state = 'failed', result = $2 where id = $1 and state in ('waiting', 'running')";
    CANCEL_JOB = "update job set state = 'cancelled' where id = $1 and state in ('waiting', 'running')";
    UNFINISHED_JOBS = "select id, kind, member_id, payload, state, worker, lease_until_ms, attempts, progress, result from job where state = 'waiting' or (state = 'running' and lease_until_ms < $1) order by created_at_ms, id";

    ADD_MAPPING = "insert into mapping (name, version, member_id, content) select $1, coalesce(max(version), 0) + 1, $2, $3 from mapping where name = $1";
    MAPPING = "select version, content from mapping where name = $1 and (member_id is null or member_id = $2) order by version desc limit 1";
    MAPPINGS = "select name, content from mapping m where substr(name, 1, $2) = $1 and version = (select max(version) from mapping n where n.name = m.name) order by name";
    ADD_FACTOR_SET = "insert into factor_set (version, content) values ($1, $2) on conflict (version) do nothing";
    FACTOR_SETS = "select version from factor_set order by version";
    FACTOR_SET = "select content from factor_set where version = $1";
    ADD_FIGURE = "insert into figure (ref, definition) values ($1, $2) on conflict (ref) do nothing";
    FIGURE = "select definition from figure where ref = $1";

    ADD_STREAM = "insert into stream (id, member_id, revision, content) values ($1, $2, 1, $3) on conflict (id) do nothing";
    PUT_STREAM = "update stream set content = $3, revision = revision + 1 where id = $1 and revision = $2";
    STREAM = "select id, member_id, revision, content from stream where id = $1";
    STREAMS = "select id, member_id, revision, content from stream order by id";
    STREAMS_OF = "select id, member_id, revision, content from stream where member_id = $1 order by id";
    ERASE_STREAMS = "delete from stream where member_id = $1";
    ADD_EXCHANGE = "insert into exchange (id, giver_id, taker_id, revision, content) values ($1, $2, $3, 1, $4) on conflict (id) do nothing";
    PUT_EXCHANGE = "update exchange set content = $3, revision = revision + 1 where id = $1 and revision = $2";
    EXCHANGE = "select id, giver_id, revision, content from exchange where id = $1";
    EXCHANGES = "select id, giver_id, revision, content from exchange order by id";
    ERASE_EXCHANGES = "delete from exchange where giver_id = $1 or taker_id = $1";

    ADD_ACCOUNT = "insert into account (name, capacity, member_id, invitation_hash, invited_until_ms, disabled, created_at_ms) values ($1, $2, $3, $4, $5, 0, $6) on conflict (name) do nothing";
    ACCOUNT = "select name, capacity, member_id, password_hash, invitation_hash, invited_until_ms, disabled, created_at_ms from account where name = $1";
    ACCOUNTS = "select name, capacity, member_id, password_hash, invitation_hash, invited_until_ms, disabled, created_at_ms from account order by name";
    INVITED = "select name, capacity, member_id, password_hash, invitation_hash, invited_until_ms, disabled, created_at_ms from account where invitation_hash = $1";
    INVITE = "update account set invitation_hash = $2, invited_until_ms = $3 where name = $1";
    SET_PASSWORD = "update account set password_hash = $2, invitation_hash = null, invited_until_ms = null where name = $1";
    SET_DISABLED = "update account set disabled = $2 where name = $1";
    ADD_SESSION = "insert into session (token_hash, account_name, until_ms) values ($1, $2, $3)";
    SESSION = "select a.name, a.capacity, a.member_id, a.password_hash, a.invitation_hash, a.invited_until_ms, a.disabled, a.created_at_ms from session s join account a on a.name = s.account_name where s.token_hash = $1 and s.until_ms > $2 and a.disabled = 0";
    END_SESSION = "delete from session where token_hash = $1";
    END_SESSIONS = "delete from session where account_name = $1";
    END_OLD_SESSIONS = "delete from session where until_ms <= $1";
    ERASE_SESSIONS = "delete from session where account_name in (select name from account where member_id = $1)";
    ERASE_ACCOUNTS = "delete from account where member_id = $1";

    BEGIN_CODES = "insert into one_time_code (account_name, salt, last_step) values ($1, $2, 0) on conflict (account_name) do update set salt = excluded.salt, last_step = 0 where one_time_code.confirmed_at_ms is null";
    CODES = "select account_name, salt, confirmed_at_ms, last_step from one_time_code where account_name = $1";
    CONFIRM_CODES = "update one_time_code set confirmed_at_ms = $2, last_step = $3 where account_name = $1";
    USE_STEP = "update one_time_code set last_step = $2 where account_name = $1 and last_step < $2";
    DROP_CODES = "delete from one_time_code where account_name = $1";
    ADD_RECOVERY = "insert into recovery_code (code_hash, account_name) values ($1, $2)";
    USE_RECOVERY = "delete from recovery_code where account_name = $1 and code_hash = $2";
    RECOVERY_LEFT = "select count(*) from recovery_code where account_name = $1";
    DROP_RECOVERY = "delete from recovery_code where account_name = $1";
    ADD_TOKEN = "insert into api_token (id, account_name, name, token_hash, scopes, created_at_ms, until_ms) values ($1, $2, $3, $4, $5, $6, $7)";
    TOKENS = "select id, account_name, name, token_hash, scopes, created_at_ms, until_ms, used_at_ms from api_token where account_name = $1 order by created_at_ms desc, id";
    TOKEN = "select t.id, t.account_name, t.name, t.token_hash, t.scopes, t.created_at_ms, t.until_ms, t.used_at_ms from api_token t join account a on a.name = t.account_name where t.token_hash = $1 and t.until_ms > $2 and a.disabled = 0";
    TOKEN_USED = "update api_token set used_at_ms = $2 where id = $1 and (used_at_ms is null or used_at_ms < $3)";
    DROP_TOKEN = "delete from api_token where account_name = $1 and id = $2";
    DROP_TOKENS = "delete from api_token where account_name = $1";
    LINK_IDENTITY = "insert into outside_identity (issuer, subject, account_name, linked_at_ms) values ($1, $2, $3, $4) on conflict (issuer, subject) do nothing";
    IDENTIFIED = "select a.name, a.capacity, a.member_id, a.password_hash, a.invitation_hash, a.invited_until_ms, a.disabled, a.created_at_ms from outside_identity i join account a on a.name = i.account_name where i.issuer = $1 and i.subject = $2";
    ISSUERS_OF = "select distinct issuer from outside_identity where account_name = $1 order by issuer";
    UNLINK_IDENTITY = "delete from outside_identity where account_name = $1 and issuer = $2";
    END_INVITATION = "update account set invitation_hash = null, invited_until_ms = null where name = $1";
    BEGIN_LOGIN = "insert into pending_login (id_hash, kind, content, until_ms) values ($1, $2, $3, $4)";
    BEGUN_LOGIN = "select kind, content, until_ms from pending_login where id_hash = $1 and until_ms > $2";
    END_LOGIN = "delete from pending_login where id_hash = $1";
    END_OLD_LOGINS = "delete from pending_login where until_ms <= $1";
    ADD_RELEASE = "insert into release (number, at_ms, actor, snapshot, content) values ($1, $2, $3, $4, $5) on conflict (number) do nothing";
    RELEASES = "select number, at_ms, actor, snapshot, content from release order by number";
    RELEASE = "select number, at_ms, actor, snapshot, content from release where number = $1";
    ADD_RELEASE_PART = "insert into release_part (release_number, member_id, content) values ($1, $2, $3)";
    RELEASE_PARTS = "select release_number, member_id, content from release_part order by release_number, member_id";
    ERASE_RELEASE_PARTS = "delete from release_part where member_id = $1";
    ERASE_CODES = "delete from one_time_code where account_name in (select name from account where member_id = $1)";
    ERASE_RECOVERY = "delete from recovery_code where account_name in (select name from account where member_id = $1)";
    ERASE_TOKENS = "delete from api_token where account_name in (select name from account where member_id = $1)";
    ERASE_IDENTITIES = "delete from outside_identity where account_name in (select name from account where member_id = $1)";
}
