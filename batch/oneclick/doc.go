// Package oneclick is the OneClickDz API v3 ("Flexy") as a batch.Provider.
//
// Every answer gets the class that the money rules give it. An answer that was
// not read whole and understood is of batch.ClassUnknown: nobody knows whether
// the provider acted (rule 2). Only if there was never a connection does the
// client say that nothing was asked. An order is sent once: no POST is repeated, not
// even by net/http, and no redirect is followed. Answers are bounded in size
// and time. The key goes in one header to one host, over TLS unless that host is
// this machine, and into no text that leaves the package (rule 11).
//
// The client does not limit its pace, does not wait, and does not decide what
// follows from an answer. The engine does.
//
// A call goes through call.go, wire.go and conn.go (its way over the network; through
// a proxy it is proxied.go instead), answer.go (what the answer means) and the file of
// its method (what it asks and returns). "API page" in the comments
// is the project's collection of what is known of the provider's API, from its
// public documentation and from public clients.
package oneclick
