namespace LanguageChecks;

/// <summary>Says what holds and what does not, a line each.</summary>
internal static class Check
{
    public static int Failures { get; private set; }

    public static void That(string name, bool holds)
    {
        Say(holds ? "ok " : "FAILED ");
        Say(name);
        Say("\n");
        if (!holds)
            Failures++;
    }

    public static void Equal(string name, string? actual, string expected)
    {
        That(name, actual == expected);
        if (actual == expected)
            return;
        Say("  expected ");
        Say(expected);
        Say(", was ");
        Say(actual ?? "null");
        Say("\n");
    }

    public static void Equal(string name, long actual, long expected) => Equal(name, actual.ToString(), expected.ToString());

    public static void Say(string text) => Linux.Write(text);
}
