/* gSOAP 2.8, WSDL first: serves one connection at a time, keeps it alive, answers in chunks. Prints its port. */
#include "soapH.h"
#include "Accounts.nsmap"
#include <arpa/inet.h>

int __ns1__GetAccount(struct soap *soap, struct _ns1__GetAccount *asked, struct _ns1__GetAccountResponse *answer)
{
    if (!strcmp(asked->id, "unknown")) {
        struct _ns1__AccountFault *told = soap_new__ns1__AccountFault(soap, 1);
        told->code = "A404";
        told->text = "unknown";
        soap_sender_fault(soap, "no such account", NULL);
        soap->fault->detail = soap_new_SOAP_ENV__Detail(soap, 1);
        soap_default_SOAP_ENV__Detail(soap, soap->fault->detail);
        soap->fault->detail->ns1__AccountFault = told;
        return SOAP_FAULT;
    }
    if (!strcmp(asked->id, "told in words"))
        return soap_sender_fault(soap, "no such account", "<AccountFault><code>A404</code></AccountFault>");
    if (!strcmp(asked->id, "broken"))
        return soap_receiver_fault(soap, "disk of customer 4917012345 full", NULL);
    answer->id = asked->id;
    answer->balance = "12.50";
    answer->opened = 1772442000; /* 2026-03-02T09:00:00Z */
    answer->__sizeline = strcmp(asked->id, "bare") ? 2 : 0;
    answer->line = soap_new_ns1__Line(soap, 2);
    for (int n = 0; n < 2; n++) {
        answer->line[n].name = "geb\xc3\xbchr";
        answer->line[n].amount = "0.10";
    }
    return SOAP_OK;
}

int main(void)
{
    struct soap *soap = soap_new1(SOAP_IO_KEEPALIVE | SOAP_IO_CHUNK | SOAP_C_UTFSTRING);
    struct sockaddr_in bound;
    socklen_t size = sizeof bound;
    soap->bind_flags = SO_REUSEADDR;
    soap->recv_timeout = 2; /* until it asks the next in line */
    if (!soap_valid_socket(soap_bind(soap, "127.0.0.1", 0, 8)))
        return 1;
    getsockname(soap->master, (struct sockaddr *)&bound, &size);
    printf("%d\n", ntohs(bound.sin_port));
    fflush(stdout);
    while (soap_valid_socket(soap_accept(soap))) {
        soap_serve(soap);
        soap_destroy(soap);
        soap_end(soap);
    }
    return 0;
}
