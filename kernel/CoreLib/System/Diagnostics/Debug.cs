using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System.Diagnostics;

/// <summary>Checks that a release build leaves out.</summary>
public static class Debug
{
    [Conditional("DEBUG")]
    public static void Assert([DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string? message = null)
    {
        if (!condition)
            Fail(message);
    }

    [Conditional("DEBUG")]
    [DoesNotReturn]
    public static void Fail(string? message) => System.Runtime.Panic.Fail(string.Concat("Debug.Assert: ", message));
}
