#!/bin/sh
# Makes the namespace of the closes; a closed workflow stays visible for 90 days.
set -eu

until temporal operator cluster health; do
    sleep 1
done
temporal operator namespace describe --namespace "$NAMESPACE" ||
    temporal operator namespace create --namespace "$NAMESPACE"
temporal operator namespace update --namespace "$NAMESPACE" --retention 90d
