/* The steps of the schema, from the files in migrations/. */
#include "store.h"

/* By tools/embed.py. */
extern const char store_schema_0001_first_sql[];
extern const char store_schema_0003_packs_sql[];
extern const char store_schema_0004_people_sql[];
extern const char store_schema_0005_proof_sql[];
extern const char store_schema_0006_compartments_sql[];
extern const char store_schema_0007_sources_sql[];
extern const char store_schema_0008_given_sql[];
extern const char store_schema_0009_persons_sql[];
extern const char store_schema_0010_wholesale_sql[];
extern const char store_schema_0012_asked_sql[];
extern const char store_schema_0013_internal_sql[];
extern const char store_schema_0016_password_by_sql[];
extern const char store_schema_0017_parts_sql[];
extern const char store_schema_0018_claims_sql[];
extern const char store_schema_0019_acknowledgement_sql[];
extern const char store_schema_0021_words_sql[];
extern const char store_schema_0022_conflicts_sql[];
extern const char store_schema_0024_conversion_sql[];
extern const char store_schema_0025_access_sql[];
extern const char store_schema_0026_derived_sql[];
extern const char store_schema_0027_feeds_sql[];
extern const char store_schema_0028_outside_sql[];
extern const char store_schema_0029_feed_address_sql[];
extern const char store_schema_0031_choices_sql[];
extern const char store_schema_0032_filling_sql[];
extern const char store_schema_0035_bounds_sql[];

const struct db_migration store_migrations[] = {
	{ "0001-first", store_schema_0001_first_sql },
	{ "0003-packs", store_schema_0003_packs_sql },
	{ "0004-people", store_schema_0004_people_sql },
	{ "0005-proof", store_schema_0005_proof_sql },
	{ "0006-compartments", store_schema_0006_compartments_sql },
	{ "0007-sources", store_schema_0007_sources_sql },
	{ "0008-given", store_schema_0008_given_sql },
	{ "0009-persons", store_schema_0009_persons_sql },
	{ "0010-wholesale", store_schema_0010_wholesale_sql },
	{ "0012-asked", store_schema_0012_asked_sql },
	{ "0013-internal", store_schema_0013_internal_sql },
	{ "0016-password-by", store_schema_0016_password_by_sql },
	{ "0017-parts", store_schema_0017_parts_sql },
	{ "0018-claims", store_schema_0018_claims_sql },
	{ "0019-acknowledgement", store_schema_0019_acknowledgement_sql },
	{ "0021-words", store_schema_0021_words_sql },
	{ "0022-conflicts", store_schema_0022_conflicts_sql },
	{ "0024-conversion", store_schema_0024_conversion_sql },
	{ "0025-access", store_schema_0025_access_sql },
	{ "0026-derived", store_schema_0026_derived_sql },
	{ "0027-feeds", store_schema_0027_feeds_sql },
	{ "0028-outside", store_schema_0028_outside_sql },
	{ "0029-feed-address", store_schema_0029_feed_address_sql },
	{ "0031-choices", store_schema_0031_choices_sql },
	{ "0032-filling", store_schema_0032_filling_sql },
	{ "0035-bounds", store_schema_0035_bounds_sql },
};
const size_t store_migrations_count = COUNTOF(store_migrations);
