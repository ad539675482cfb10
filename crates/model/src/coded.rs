//! What is chosen out of a fixed list, with a number in storage and a word on pages.

/// An enum each of whose values has a number in storage and a word, with the error of a word that names none of them.
macro_rules! coded {
    (
        $(#[$doc:meta])*
        $name:ident or $unknown:ident { $($(#[$of:meta])* $variant:ident = $code:literal $word:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$of])* $variant = $code,)*
        }

        impl $name {
            /// All of them, in the order of their codes.
            pub const ALL: [Self; [$($code),*].len()] = [$(Self::$variant,)*];

            /// Its number in storage.
            #[must_use]
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// The one of this number.
            #[must_use]
            pub const fn from_code(code: u8) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Its word.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $unknown;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($unknown),
                }
            }
        }
    };
}

pub(crate) use coded;
