using System;
using Guest.Core.Time;

namespace Guest.Fuzz.Inputs;

/// <summary>Inputs that are frames: for each a byte that says how the card hands it over and what follows, its length in two bytes, and itself.</summary>
internal static class FrameRecords
{
    private const int MostFrame = 1514;
    private const int SumIsRight = 1;
    private const int Vouched = 2;
    private const int InPieces = 4;
    private const int RoomForOne = 8;
    private const int Answered = 16;
    private const int TimePasses = 32;
    private const int SecondsShift = 6;

    /// <summary>Makes the sums of a frame right: a mutated sum alone would keep everything from what lies behind it.</summary>
    internal delegate void SumMaker(Span<byte> frame);

    /// <summary>A frame whose answer the application gives at once.</summary>
    public static byte[] Of(byte[] frame, bool makesSumRight = true) =>
        [(byte)(Answered | (makesSumRight ? SumIsRight : 0)), (byte)frame.Length, (byte)(frame.Length >> 8), .. frame];

    /// <summary>Lets a stack have the frames.</summary>
    public static void Run(NetworkBench bench, ReadOnlySpan<byte> input, SumMaker makeSumsRight)
    {
        InputReader reader = new(input);
        while (!reader.AtEnd)
        {
            int how = reader.Byte();
            byte[] frame = reader.Take(Math.Min(reader.Word(), MostFrame)).ToArray();
            if ((how & SumIsRight) != 0)
                makeSumsRight(frame);
            bench.Net.Device.Vouches = (how & Vouched) != 0;
            bench.Net.Device.PieceSize = (how & InPieces) != 0 ? 1 + (frame.Length / 3) : 0;
            bench.Net.Device.Room = (how & RoomForOne) != 0 ? 1 : int.MaxValue;
            bench.Net.Receive(frame);
            if ((how & Answered) != 0)
                bench.Echo();
            if ((how & TimePasses) != 0)
                bench.Net.Advance(Duration.FromSeconds(1 + (how >> SecondsShift)));
            bench.CountSent();
        }

        bench.Settle();
    }
}
