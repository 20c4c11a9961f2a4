// Package oneclick is the OneClickDz API v3 ("Flexy") as a batch.Provider.
//
// It promises that every answer is put into the class that the money rules give
// it, and that whatever was not read whole and understood is of
// batch.ClassUnknown: nobody knows whether the provider acted (rule 2). Only
// where no connection was ever had does it say that nothing was asked. It sends
// an order once: no POST is repeated, not by net/http either, and no redirect is
// followed. Answers are bounded in size and time. The key goes in one header to
// one host, over TLS unless that host is this machine, and into no text that
// leaves the package (rule 11).
//
// It does not limit its pace, wait, or decide what follows from an answer: the
// engine does.
//
// A call goes through call.go (the wire), answer.go (what the answer means) and
// the file of its method (what it says). "API page" in the comments is the
// project's collection of what is known of the provider's API, from its public
// documentation and from public clients.
package oneclick
