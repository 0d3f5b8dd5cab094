using System.Runtime.CompilerServices;

// Without this every method first clears its locals, and all of its stackalloc.
[module: SkipLocalsInit]
