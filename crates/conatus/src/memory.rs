//! Keeping secrets out of core dumps and swap, where the system allows it.

use rustix::{
    mm::{MlockAllFlags, mlockall},
    process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit},
};

/// Core dumps off; memory locked where there is no limit to it. Each is best effort: a system that
/// refuses still serves, and `doctor` says so.
pub(crate) fn protect() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = setrlimit(Resource::Core, none);
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    // With a limit, locking future memory would make Argon2's 64 MiB fail.
    if getrlimit(Resource::Memlock).current.is_none() {
        let _ = mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT);
    }
}

/// Whether memory can be locked here.
pub(crate) fn can_lock() -> bool {
    getrlimit(Resource::Memlock).current.is_none()
}
