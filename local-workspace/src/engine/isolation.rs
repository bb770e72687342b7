//! Keeps queries away from this machine's files: no object store at all, no spilling to disk, a bounded memory pool.

use datafusion::common::{DataFusionError, Result};
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::object_store::ObjectStoreRegistry;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::object_store::ObjectStore;
use std::sync::Arc;
use url::Url;

/// For sorts, joins and aggregates of all statements together; results are limited elsewhere.
const MEMORY_BYTES: usize = 1024 * 1024 * 1024;

pub(super) fn runtime() -> Result<Arc<RuntimeEnv>> {
    RuntimeEnvBuilder::new()
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
        .with_memory_pool(Arc::new(FairSpillPool::new(MEMORY_BYTES)))
        .with_object_store_registry(Arc::new(NoStores))
        .build_arc()
}

/// The default registry serves `file://` from the local file system.
#[derive(Debug)]
struct NoStores;

impl ObjectStoreRegistry for NoStores {
    fn register_store(&self, _: &Url, _: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        None
    }

    fn get_store(&self, _: &Url) -> Result<Arc<dyn ObjectStore>> {
        Err(DataFusionError::Plan("files cannot be read in the local workspace".to_owned()))
    }
}
