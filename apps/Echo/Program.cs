using System;

namespace Echo;

internal static class Program
{
    private static int Main(string[] args)
    {
        Console.WriteLine("echo");
        return args.Length;
    }
}
