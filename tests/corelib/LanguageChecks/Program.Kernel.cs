namespace LanguageChecks;

internal static class Program
{
    private static int Main(string[] args)
    {
        if (args.Length == 2 && args[0] == "panic")
        {
            Panics.Cause(args[1]);
            return 0;
        }

        Numbers.Run();
        Texts.Run();
        Spans.Run();
        Copies.Run();
        Structs.Run();
        Generics.Run();
        Classes.Run();
        Interfaces.Run();
        Delegates.Run();
        Arrays.Run();
        Boxes.Run();
        Statics.Run();
        Atomics.Run();
        Flow.Run();
        Collections.Run();
        Check.Say("done\n");
        return Check.Failures;
    }
}
