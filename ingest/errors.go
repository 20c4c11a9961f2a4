package ingest

import "flexybatch/ingest/fault"

// FileError is the error of all readers, under the name that callers of Read need.
type FileError = fault.Error

// Limits are those of all readers, under the name that callers of Read need.
type Limits = fault.Limits

// Why a file as a whole cannot be read.
var (
	ErrKind     = fault.ErrKind
	ErrEmpty    = fault.ErrEmpty
	ErrDamaged  = fault.ErrDamaged
	ErrLimit    = fault.ErrLimit
	ErrPassword = fault.ErrPassword
	ErrNoPhone  = fault.ErrNoPhone
	ErrColumns  = fault.ErrColumns
	ErrSheets   = fault.ErrSheets
	ErrEncoding = fault.ErrEncoding
	ErrMap      = fault.ErrMap
	ErrPlan     = fault.ErrPlan
	ErrMerged   = fault.ErrMerged
	ErrReport   = fault.ErrReport
)
