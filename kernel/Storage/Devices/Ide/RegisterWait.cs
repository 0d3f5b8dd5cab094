using Guest.Core;
using Guest.Core.Time;

namespace Guest.Storage.Devices;

/// <summary>Waiting for a chip, with an end. For set-up and resets only: the processor does nothing else meanwhile.</summary>
internal static class RegisterWait
{
    /// <summary>Reads an 8-bit register until the bits of <paramref name="mask"/> equal <paramref name="value"/>.</summary>
    /// <returns>Whether they did within the limit; <paramref name="last"/> is what was read last.</returns>
    public static bool For8(Platform platform, RegisterWindow window, int offset, byte mask, byte value, Duration limit, out byte last)
    {
        Instant end = platform.Now + limit;
        while (true)
        {
            last = window.Read8(offset);
            if ((last & mask) == value)
                return true;
            if (platform.Now >= end)
                return false;
        }
    }

    /// <inheritdoc cref="For8"/>
    public static bool For32(Platform platform, RegisterWindow window, int offset, uint mask, uint value, Duration limit)
    {
        Instant end = platform.Now + limit;
        while (true)
        {
            if ((window.Read32(offset) & mask) == value)
                return true;
            if (platform.Now >= end)
                return false;
        }
    }

    /// <summary>Lets time pass, reading a harmless register meanwhile, as chips ask for after some writes.</summary>
    public static void Pause8(Platform platform, RegisterWindow window, int offset, Duration length)
    {
        for (Instant end = platform.Now + length; platform.Now < end;)
            window.Read8(offset);
    }

    /// <inheritdoc cref="Pause8"/>
    public static void Pause32(Platform platform, RegisterWindow window, int offset, Duration length)
    {
        for (Instant end = platform.Now + length; platform.Now < end;)
            window.Read32(offset);
    }
}
