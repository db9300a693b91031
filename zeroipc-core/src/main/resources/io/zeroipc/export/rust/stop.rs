// Where tests stop this program in order to kill it: between any two steps. Absent unless compiled with `--cfg zipc_stop`.

#[cfg(not(zipc_stop))]
#[inline(always)]
pub(super) fn reached(_step: &str) {}

/// Sleeps for ever when this is the step of `ZIPC_STOP_AT=STEP:n`, for the n-th time.
#[cfg(zipc_stop)]
pub(super) fn reached(step: &str) {
    use std::io::Write;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::OnceLock;
    static WANTED: OnceLock<(String, u64)> = OnceLock::new();
    static REACHED: AtomicU64 = AtomicU64::new(0);
    let (wanted, turn) = WANTED.get_or_init(|| {
        let setting = std::env::var("ZIPC_STOP_AT").unwrap_or_default();
        match setting.split_once(':') {
            Some((name, turn)) => (name.to_string(), turn.parse().unwrap_or(1)),
            None => (setting, 1),
        }
    });
    if wanted == step && REACHED.fetch_add(1, Ordering::SeqCst) + 1 == *turn {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "stopped {step}").and_then(|()| out.flush());
        loop {
            std::thread::park();
        }
    }
}
