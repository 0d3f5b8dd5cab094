#!/bin/sh
# check-object.sh OBJECT: fails if ilc, without a word, replaced a method that it could not compile by a call that throws.
#
# The helpers that it calls then are not in the object at all when every body was compiled, so the usual case costs one look at the symbols.
# ThrowBodyRemoved and ThrowInstanceBodyRemoved are left alone: they stand for methods of types that are never made.
set -eu

object=$1
helpers='ThrowHelpers__Throw(InvalidProgram|TypeLoad|MissingMethod|MissingField|BadImageFormat|FileNotFound|MarshalDirective|AmbiguousMatch|'
helpers="${helpers}FeatureBodyRemoved|UnavailableType|PlatformNotSupported|TypeNotSupported|Verification)|TypeLoaderExports__GVMLookupForSlot"

nm "$object" | grep -qE "$helpers" || exit 0

# Relocations follow the instruction that they belong to; the line "<name>:" before them says whose it is.
culprits=$(objdump -dr --no-show-raw-insn "$object" | awk -v helpers="$helpers" '
  /^[0-9a-f]+ <.*>:$/ { method = $2; gsub(/[<>:]/, "", method) }
  /R_X86_64_/ && $NF ~ helpers { helper = $NF; sub(/[-+]0x[0-9a-f]+$/, "", helper); sub(/.*__/, "", helper); print method " (" helper ")" }' | sort -u)
[ -n "$culprits" ] || exit 0

echo "$culprits" | while read -r culprit; do
  echo "error GUEST100: ilc could not compile $culprit: it would panic when called. It uses something that kernel/CoreLib does not have."
done
exit 1
