using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Guest.Boot;

/// <summary>The program that the image was built for.</summary>
internal static unsafe class Application
{
    private const int MaximumArguments = 64;

    /// <summary>Calls its Main and returns its exit code.</summary>
    public static int Run(string[] arguments)
    {
        byte** values = stackalloc byte*[MaximumArguments + 1];
        int count = 0;
        foreach (string argument in arguments)
        {
            byte[] text = new byte[argument.Length + 1];
            for (int i = 0; i < argument.Length; i++)
                text[i] = (byte)argument[i];
            values[count++] = (byte*)Unsafe.AsPointer(ref text[0]);
        }

        return Main(count, values);
    }

    /// <summary>What ilc makes of the application's Main.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "__managed__Main")]
    private static extern int Main(int count, byte** arguments);
}
