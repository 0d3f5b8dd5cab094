using System;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>What the image's entry, which ilc makes around the application's Main, asks for. The names are ilc's.</summary>
internal static unsafe class StartupCodeHelpers
{
    /// <summary>Keeps the arguments with which the entry was called, as C would pass them: ASCII, each ended by a zero.</summary>
    private static void InitializeCommandLineArgs(int count, sbyte** values)
    {
        string[] arguments = new string[count];
        for (int i = 0; i < count; i++)
        {
            byte* value = (byte*)values[i];
            int length = 0;
            while (value[length] != 0)
                length++;
            arguments[i] = System.Text.Encoding.ASCII.GetString(new ReadOnlySpan<byte>(value, length));
        }

        System.Environment.MainArguments = arguments;
    }

    private static string[] GetMainMethodArguments() => System.Environment.MainArguments;
}
