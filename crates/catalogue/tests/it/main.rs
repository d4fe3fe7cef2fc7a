//! The catalogue through its public interface: on small archives written here, and on the whole
//! edition when it lies beside the project.

mod archives;
mod hostile;
mod page;
mod whole;
