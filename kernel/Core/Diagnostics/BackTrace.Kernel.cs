using Guest.Core.Memory;

namespace Guest.Core.Diagnostics;

/// <summary>Finds out who called whom from what is on the stack.</summary>
/// <remarks>Managed code keeps a frame pointer in some methods only. So the stack is searched for addresses that lie in the image's code
/// behind a call instruction: none is left out. Those that the chain of frame pointers leads to are certain; all others are marked with
/// <c>?</c>, since each may be a caller that keeps no frame pointer, or left over from a call that has returned. Lines read
/// <c>  at 0xffffffff80101234</c> or <c>  at 0xffffffff80101234 ?</c>, and <c>./guest run</c> adds function, file and line from the image's
/// symbols.</remarks>
internal static unsafe class BackTrace
{
    private const int MaximumFrames = 24;
    private const int MaximumWords = 2048;

    /// <summary>Prints the trace of a stack, after the instruction that stopped if it is known (not 0).</summary>
    public static void Print(ulong stackPointer, ulong framePointer, ulong instruction)
    {
        ImageLayout image = ImageLayout.OfThisImage;
        int printed = 0;
        if (instruction != 0)
            Say(instruction, isCertain: true);
        for (int i = 0; i < MaximumWords && printed < MaximumFrames; i++)
        {
            ulong at = (stackPointer & ~7UL) + (ulong)i * 8;
            if (Platform.Current is null || Platform.Current.PageTables.Find(at, out _) == 0)
                return;
            ulong word = *(ulong*)at;
            if (word < image.Start + 8 || word >= image.TextEnd || !FollowsCall((byte*)word))
                continue;
            // The chain: at a frame pointer lies the caller's, and above it the address to return to.
            bool isCertain = at == framePointer + sizeof(ulong);
            if (isCertain)
                framePointer = *(ulong*)framePointer;
            Say(word, isCertain);
            printed++;
        }
    }

    /// <summary>Whether the bytes before an address can be a call: e8 rel32, or ff /2 in its usual lengths.</summary>
    private static bool FollowsCall(byte* address) =>
        address[-5] == 0xe8
        || (address[-2] == 0xff && (address[-1] & 0x38) == 0x10)
        || (address[-3] == 0xff && (address[-2] & 0x38) == 0x10)
        || (address[-6] == 0xff && (address[-5] & 0x38) == 0x10)
        || (address[-7] == 0xff && (address[-6] & 0x38) == 0x10);

    private static void Say(ulong address, bool isCertain)
    {
        LogLine line = new(0, 0);
        line.AppendFormatted("  at "u8);
        line.AppendFormatted(address, "x16");
        if (!isCertain)
            line.AppendFormatted(" ?"u8);
        Log.Output?.Invoke(line.Bytes);
        Log.Output?.Invoke("\n"u8);
    }
}
