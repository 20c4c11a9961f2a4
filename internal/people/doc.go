// Package people keeps the people of an office: who may do what, how they show who they
// are, their sessions, and what each of them did and when.
//
//	person.go     a person, and the roles
//	store.go      where people, sessions and invitations are kept: an interface
//	folder.go     the one that keeps them in files
//	office.go     logins: invitations, sessions and how long they last
//	book.go       the book of acts, a journal like that of a batch
//
// # What it promises
//
// Nobody comes in without an invitation, which is good once and for a day. A session
// ends when it was not used for a while, when it is too old, when its person logs out,
// and when its person is removed. What is stored of a session or an invitation does not
// let anybody in: it is the hash of what the browser holds.
//
// # What it does not promise
//
// It is no defence against whoever can write where the people are kept.
package people
