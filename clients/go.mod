module reconcile/clients

go 1.26.0

require github.com/omise/omise-go v1.7.2
