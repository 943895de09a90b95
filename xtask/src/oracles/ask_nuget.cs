// Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version).
// The first argument is nuget.exe, which holds NuGet.Versioning without showing it.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Reflection;

class AskNuget
{
    static void Main(string[] arguments)
    {
        if (arguments.Length > 1)
        {
            Console.WriteLine("NuGet " + FileVersionInfo.GetVersionInfo(arguments[0]).FileVersion);
            return;
        }
        Type type = Assembly.LoadFrom(arguments[0]).GetType("NuGet.Versioning.NuGetVersion", true);
        MethodInfo read = type.GetMethod("TryParse", new[] { typeof(string), type.MakeByRefType() });
        for (string line; (line = Console.ReadLine()) != null;)
        {
            var versions = new List<object>();
            foreach (string text in line.Split('\t'))
            {
                var call = new object[] { text, null };
                if ((bool)read.Invoke(null, call))
                {
                    versions.Add(call[1]);
                }
            }
            if (versions.Count < 2)
            {
                Console.WriteLine("!");
                continue;
            }
            int order = ((IComparable)versions[0]).CompareTo(versions[1]);
            Console.WriteLine(order < 0 ? "<" : order > 0 ? ">" : "=");
        }
    }
}
