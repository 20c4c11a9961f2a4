package office

// driveKind is the kind of the jobs that say that somebody should drive the batches of
// an account.
const driveKind = "drive"
