using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Guest.CoreLib.Tests;

/// <summary>build/Guest.Sdk/check-object.sh, on objects that the assembler makes.</summary>
public sealed class ObjectCheckTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("guest-object-").FullName;

    [Fact]
    public void A_method_that_ilc_replaced_by_a_throw_is_named()
    {
        (int exitCode, string output) = Check("""
            Net_Stack__Receive:
                    call Guest_CoreLib_Internal_Runtime_CompilerHelpers_ThrowHelpers__ThrowInvalidProgramException
            """);
        Assert.Equal(1, exitCode);
        Assert.Contains("GUEST100: ilc could not compile Net_Stack__Receive (ThrowInvalidProgramException)", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_of_a_generic_virtual_method_is_refused()
    {
        (int exitCode, string output) = Check("App__Main: call Guest_CoreLib_System_Runtime_TypeLoaderExports__GVMLookupForSlot");
        Assert.Equal(1, exitCode);
        Assert.Contains("App__Main (GVMLookupForSlot)", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ThrowIndexOutOfRangeException")]
    [InlineData("ThrowOverflowException")]
    [InlineData("ThrowInstanceBodyRemoved")]
    public void Checks_that_code_makes_at_run_time_are_not(string helper)
    {
        (int exitCode, string output) = Check($"App__Main: call Guest_CoreLib_Internal_Runtime_CompilerHelpers_ThrowHelpers__{helper}");
        Assert.Equal((0, ""), (exitCode, output));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private (int ExitCode, string Output) Check(string assembly)
    {
        string source = Path.Combine(_directory, "o.S");
        string made = Path.Combine(_directory, "o.o");
        File.WriteAllText(source, ".text\n" + assembly + "\n");
        Assert.Equal((0, ""), Run("as", "--64", source, "-o", made));
        string root = typeof(ObjectCheckTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "RepoRoot").Value!;
        return Run(Path.Combine(root, "build/Guest.Sdk/check-object.sh"), made);
    }

    private static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
