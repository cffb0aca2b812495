//! Ids that cannot be swapped for one another.
//!
//! Numbers stay below 2^53, so that every JSON reader keeps them whole; everything else is a UUID
//! and travels as a string. With the `diesel` feature each id is also a column value.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty) as $sql:ident, schema($($schema:tt)*)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
        #[cfg_attr(
            feature = "diesel",
            derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow),
            diesel(sql_type = diesel::sql_types::$sql)
        )]
        #[serde(transparent)]
        #[schema($($schema)*)]
        pub struct $name(pub $inner);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = <$inner as std::str::FromStr>::Err;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        #[cfg(feature = "diesel")]
        impl diesel::serialize::ToSql<diesel::sql_types::$sql, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                <$inner as diesel::serialize::ToSql<diesel::sql_types::$sql, diesel::pg::Pg>>::to_sql(
                    &self.0, out,
                )
            }
        }

        #[cfg(feature = "diesel")]
        impl diesel::deserialize::FromSql<diesel::sql_types::$sql, diesel::pg::Pg> for $name {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                <$inner as diesel::deserialize::FromSql<diesel::sql_types::$sql, diesel::pg::Pg>>::from_sql(
                    value,
                )
                .map(Self)
            }
        }
    };
}

/// A number of ours is never below one.
macro_rules! counted_from_one {
    ($name:ident) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                std::num::NonZeroU32::deserialize(deserializer)?
                    .get()
                    .try_into()
                    .map(Self)
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}

macro_rules! any_uuid {
    ($($name:ident),+) => {
        $(
            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    Uuid::deserialize(deserializer).map(Self)
                }
            }
        )+
    };
}

counted_from_one!(UnitId);
counted_from_one!(OfficeId);
any_uuid!(
    AccountId,
    PersonId,
    AppointmentId,
    OperationId,
    DeviceId,
    TicketId
);

id!(
    /// A province, district, commune or village, for one span of time in which it was so named.
    UnitId(i32) as Integer, schema(minimum = 1, example = 112)
);
id!(
    /// A place where cards and level-2 dossiers are taken, fixed or mobile.
    OfficeId(i32) as Integer, schema(minimum = 1, example = 3)
);
id!(
    /// Somebody who signs in: volunteer, lead, officer, reporter, commander, administrator.
    AccountId(Uuid) as Uuid, schema(example = "0199f2c4-7d5e-7c3a-9b1e-6f0a4f1c2d3e")
);
id!(
    /// A citizen whose stages are recorded.
    PersonId(Uuid) as Uuid, schema(example = "0199f2c4-7d5e-7c3a-9b1e-6f0a4f1c2d3e")
);
id!(
    /// One place of one slot, taken by one citizen for one service.
    AppointmentId(Uuid) as Uuid, schema(example = "0199f2c4-7d5e-7c3a-9b1e-6f0a4f1c2d3e")
);
id!(
    /// One act recorded on a phone; minted there (UUIDv7) when the user presses Save.
    OperationId(Uuid) as Uuid, schema(example = "0199f3a1-2b3c-7d4e-8f50-61728394a5b6")
);
id!(
    /// One installation of the app on one phone.
    DeviceId(Uuid) as Uuid, schema(example = "0199f2c4-7d5e-7c3a-9b1e-6f0a4f1c2d3e")
);
id!(
    /// One person's turn at an office on a day.
    TicketId(Uuid) as Uuid, schema(example = "0199f2c4-7d5e-7c3a-9b1e-6f0a4f1c2d3e")
);
