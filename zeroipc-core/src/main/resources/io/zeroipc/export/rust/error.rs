use std::fmt;
use std::path::PathBuf;

/// What went wrong: with which thing, what was found, and the way out.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The file is no segment, or none that may be used.
    Unusable { path: PathBuf, problem: String },
    /// There is no structure of this name.
    NotFound { segment: String, structure: String, present: Vec<String> },
    /// The structure is there, and its elements are others than those that were exported.
    OtherElements { segment: String, structure: String, exported: String, found: String },
    /// The block of this name is no structure of this kind, or not of these elements.
    Unfit { segment: String, structure: String, problem: String },
    /// Somebody else has the role, in this or another process.
    RoleTaken { segment: String, structure: String, role: &'static str },
    /// There is no element of this index.
    OutOfRange { segment: String, structure: String, index: usize, length: usize },
    /// The channel is closed; nothing was sent.
    Closed { segment: String, structure: String },
    /// Somebody else works on the same thing, for longer than anybody should. Nothing has changed.
    Busy { segment: String, structure: String, problem: String },
    /// Somebody wrote to the bytes past the operations.
    Damaged { segment: String, structure: String, problem: String },
    /// The file was removed, replaced or truncated: what is mapped is not what others use.
    Detached { path: PathBuf, problem: String },
}

impl fmt::Display for Error {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unusable { path, problem } => {
                write!(to, "segment cannot be opened: path={}, {problem}", path.display())
            }
            Error::NotFound { segment, structure, present } => write!(
                to,
                "structure not found: segment={segment}, name={structure} (present: {})",
                present.join(", ")
            ),
            Error::OtherElements { segment, structure, exported, found } => write!(
                to,
                "elements are others than those that were exported: segment={segment}, structure={structure}, \
                 exported={exported}, found={found} (run zeroipc export again, and compile the new file)"
            ),
            Error::Unfit { segment, structure, problem } => {
                write!(to, "structure is not what was exported: segment={segment}, structure={structure}, {problem}")
            }
            Error::RoleTaken { segment, structure, role } => write!(
                to,
                "role is taken: segment={segment}, structure={structure}, role={role} (expected: one at a time in all \
                 processes; close the other one)"
            ),
            Error::OutOfRange { segment, structure, index, length } => write!(
                to,
                "index is out of range: segment={segment}, structure={structure}, index={index} (expected: less than \
                 {length})"
            ),
            Error::Closed { segment, structure } => write!(
                to,
                "channel is closed: segment={segment}, structure={structure} (the element was not sent; nothing more is)"
            ),
            Error::Busy { segment, structure, problem } => {
                write!(to, "structure is busy: segment={segment}, structure={structure}, {problem}")
            }
            Error::Damaged { segment, structure, problem } => write!(
                to,
                "structure is damaged: segment={segment}, structure={structure}, {problem} (a program wrote to its bytes \
                 past its operations; create it anew)"
            ),
            Error::Detached { path, problem } => write!(
                to,
                "segment is detached: path={}, {problem} (others use another file by now, or none; open it again)",
                path.display()
            ),
        }
    }
}

impl std::error::Error for Error {}
