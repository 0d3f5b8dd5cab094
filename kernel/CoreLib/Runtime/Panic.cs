using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>The way out of what cannot go on: hands the reason to the layer above, which prints it and ends the machine.</summary>
internal static unsafe class Panic
{
    /// <summary>Ends the machine with a message.</summary>
    [DoesNotReturn]
    public static void Fail(string message)
    {
        fixed (char* text = message)
            GuestPanic(text, message.Length);
        Halt();
    }

    /// <summary>What <c>throw</c> is: assembly calls it with the exception.</summary>
    [RuntimeExport("RhpThrowExManaged")]
    [DoesNotReturn]
    private static void Throw(Exception? exception) =>
        Fail(exception is null ? "System.NullReferenceException: throw null" : exception.ToString());

    /// <summary>Called by compiled code where it can only give up.</summary>
    [RuntimeExport("RhpFallbackFailFast")]
    [DoesNotReturn]
    private static void FailFast() => Fail("the runtime failed");

    [RuntimeImport("*", "guest_panic")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void GuestPanic(char* message, int length);

    [DoesNotReturn]
    private static void Halt()
    {
        while (true)
        {
        }
    }
}
